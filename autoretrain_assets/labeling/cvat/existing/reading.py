"""The finished labels of one task, frame by frame, and which frames have none that can be used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling.cvat import frames, shapes
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.existing.finding import Source
from autoretrain_assets.labeling.cvat.existing.left_out import Kind, LeftOut
from autoretrain_assets.labeling.cvat.frames import Frames
from autoretrain_assets.labeling.cvat.jobs import Jobs
from autoretrain_assets.labeling.cvat.wire import Drawn, Job


@dataclass(frozen=True, slots=True)
class Labelled:
    """A frame that people are done with; sizes and boxes are in pixels."""

    task: Source
    frame: int
    name: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    finished_at: datetime

    @property
    def key(self) -> tuple[int, int]:
        """Its task and its number there."""
        return self.task.id, self.frame

    @property
    def where(self) -> str:
        """Where a person finds it."""
        return f"task {self.task.id}, frame {self.frame} ({self.name})"


def of_task(server: Connection, task: Source, mine: Jobs, labels: Mapping[int, str]) -> Iterator[Labelled | LeftOut]:
    """Each frame of the task, once."""
    shown = _shown(server, task, mine)
    found: dict[int, Labelled | LeftOut] = {}
    for job in mine.done(server.settings.done_stage):
        for number, one in _of_job(server, task, job, shown, labels).items():
            found[number] = _agreed(found[number], one) if number in found else one
    for number, frame in enumerate(shown.all):
        if number in found:
            yield found[number]
        else:
            is_asked = number in shown.asked
            yield LeftOut(Kind.OPEN if is_asked else Kind.KNOWN, _where(task, number, frame.name))


def _shown(server: Connection, task: Source, mine: Jobs) -> Frames:
    """The task's frames; of a video the server tells one for all."""
    shown = frames.read(server, task.id, has_known=mine.truth is not None)
    return replace(shown, all=[*shown.all] * (task.size or 1)) if len(shown.all) == 1 else shown


def _of_job(
    server: Connection, task: Source, job: Job, shown: Frames, labels: Mapping[int, str]
) -> dict[int, Labelled | LeftOut]:
    drawn = server.get(Drawn, f"/api/jobs/{job.id}/annotations/")
    read = shapes.read(drawn, labels, job.frames, shown.deleted)
    found: dict[int, Labelled | LeftOut] = {}
    for number in job.frames:
        if number not in shown.asked:
            continue
        frame = shown.all[number]
        where = _where(task, number, frame.name)
        if number in shown.deleted:
            found[number] = LeftOut(Kind.DELETED, where)
        elif number in read.problems:
            found[number] = LeftOut(Kind.WRONG, where, read.problems[number])
        else:
            boxes, at = tuple(read.boxes.get(number, ())), job.changed_at
            found[number] = Labelled(task, number, frame.name, frame.width, frame.height, boxes, at)
    return found


def _agreed(one: Labelled | LeftOut, other: Labelled | LeftOut) -> Labelled | LeftOut:
    """What two jobs say of a frame that both have."""
    if isinstance(one, LeftOut):
        return one
    if isinstance(other, LeftOut) or set(one.boxes) == set(other.boxes):
        return other
    return LeftOut(Kind.DISPUTED, one.where)


def _where(task: Source, number: int, name: str) -> str:
    return f"task {task.id}, frame {number} ({name})"
