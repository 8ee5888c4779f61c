"""The desks that people label at: a backend each, and what a person does on it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling.base import LabelingBackend, Task
from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_assets.labeling.folder import FolderBackend
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.cvat.standin import StandIn
from autoretrain_tests.labeling.cvat.settings import settings_of

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


class Desk(Protocol):
    """A backend, and what a person does on it."""

    backend: LabelingBackend

    def draw(self, task: Task, boxes: Mapping[str, Sequence[Box]]) -> None:
        """Save these boxes as the task's answers, by the image's sha256."""
        ...

    def finish(self, task: Task) -> None:
        """Call the task finished, as `ada` at NOON where the backend lets one choose."""
        ...

    def finish_first_job(self, task: Task) -> None:
        """Call the first piece of the task finished, where a task has pieces that are collected one by one."""
        ...

    def lose(self, task: Task) -> None:
        """Delete the task behind the backend's back."""
        ...


class FolderDesk:
    """Tasks are folders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.backend = FolderBackend(root)

    def draw(self, task: Task, boxes: Mapping[str, Sequence[Box]]) -> None:
        self.backend.write_answers(task.key, boxes)

    def finish(self, task: Task) -> None:
        self.backend.finish(task.key, by="ada", now=NOON)

    def finish_first_job(self, task: Task) -> None:  # noqa: ARG002 - it has none
        pytest.skip("a folder is one piece")

    def lose(self, task: Task) -> None:
        (self.root / task.id).rename(self.root.parent / "lost")


class CvatDesk:
    """Tasks are on a server: two images a job, so that a task has several."""

    def __init__(self, server: StandIn, **settings: object) -> None:
        self.backend = CvatBackend(settings_of(server, **{"images_per_job": 2} | settings))
        self.person = Person(server)

    def draw(self, task: Task, boxes: Mapping[str, Sequence[Box]]) -> None:
        for number in _numbers(task):
            here = {frame["name"].rpartition(".")[0] for frame in self._frames(number)} & boxes.keys()
            drawn = {sha: [(box.label, box.x1, box.y1, box.x2, box.y2) for box in boxes[sha]] for sha in here}
            self.person.draw(number, drawn)

    def finish(self, task: Task) -> None:
        for number in _numbers(task):
            self.person.accept(number)

    def finish_first_job(self, task: Task) -> None:
        self.person.accept_job(self.person.jobs(_numbers(task)[0])[0]["id"])

    def lose(self, task: Task) -> None:
        self.person.send("DELETE", f"/api/tasks/{_numbers(task)[-1]}")

    def _frames(self, number: int) -> list[dict[str, object]]:
        return self.person.send("GET", f"/api/tasks/{number}/data/meta")["frames"]


def _numbers(task: Task) -> list[int]:
    return [int(number) for number in task.id.split(",")]
