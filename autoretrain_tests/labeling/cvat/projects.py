"""Projects that people worked in before there was a home: tasks made through the SDK, and labelled."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from autoretrain_tests.cvat.person import Drawn, Person
from autoretrain_tests.cvat.real import RealServer
from autoretrain_tests.cvat.speaking import client
from autoretrain_tests.cvat.standin import StandIn

SIZE = (64, 48)


def photo(path: Path, seed: int, size: tuple[int, int] = SIZE) -> Path:
    """A picture that resembles no picture of another seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize(size).save(path)
    return path


class Owner:
    """Whoever set the project up."""

    def __init__(
        self, server: StandIn | RealServer, folder: Path, labels: Sequence[str] = ("car", "bus", "person")
    ) -> None:
        self.person, self._folder, self._server = Person(server), folder, server
        self.project = self.add_project("street", labels)

    def add_project(self, name: str, labels: Sequence[str] = ("car",)) -> int:
        """A project of rectangles; returns its id."""
        said = [{"name": label, "type": "any"} for label in labels]
        return self.person.send("POST", "/api/projects", {"name": self._server.called(name), "labels": said})["id"]

    def add_task(
        self, images: int = 4, subset: str = "", project: int | None = None, segment: int = 2, **data: object
    ) -> int:
        """A task of pictures of its own, two a job; returns its id."""
        with client(self._server) as sdk:
            number = len(list(self._folder.iterdir()))
            folder = self._folder / str(number)
            folder.mkdir()
            files = [photo(folder / f"{place}.png", seed=100 * number + place) for place in range(images)]
            spec = {"name": f"walk {number}", "project_id": project or self.project, "segment_size": segment}
            params = {"sorting_method": "predefined"} | data
            return sdk.tasks.create_from_data(spec | {"subset": subset}, files, data_params=params).id

    def label(self, task: int, boxes: Mapping[str | int, Sequence[Drawn]] | None = None) -> int:
        """Draw, and accept all of the task; returns its id."""
        self.person.finish(task, boxes)
        return task

    def shape(self, task: int, frame: int, label: str = "car", **changes: object) -> None:
        """Add one shape, whatever it is."""
        labels = {one["name"]: one["id"] for one in self.person.send("GET", f"/api/labels?task_id={task}")["results"]}
        one = {"type": "rectangle", "frame": frame, "label_id": labels[label], "points": [1, 2, 30, 40]} | changes
        self.person.send("PATCH", f"/api/tasks/{task}/annotations?action=create", {"shapes": [one]})
