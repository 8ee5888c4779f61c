"""A batch becomes tasks, each image in just one of them, wherever the last try ended."""

import math
from collections.abc import Collection
from dataclasses import dataclass

from autoretrain_assets.labeling import batches
from autoretrain_assets.labeling.base import Batch, BatchImage, KnownImage
from autoretrain_assets.labeling.cvat import frames, jobs, people, projects, uploads
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.filters import containing
from autoretrain_assets.labeling.cvat.making import Maker
from autoretrain_assets.labeling.cvat.naming import Part, by_urgency, part_of, sha256_of, split
from autoretrain_assets.labeling.cvat.wire import CvatTask
from autoretrain_assets.labeling.failures import Rejected

Tasks = dict[Part, CvatTask]


def find_or_make(server: Connection, batch: Batch) -> list[CvatTask]:
    """All the batch's tasks, in their order: those that are whole as they are, the others completed or made anew."""
    whole, begun = _standing(server, batch.key)
    if not whole or begun or len(whole) < next(iter(whole)).of:
        batches.check(batch)
        whole = _make_rest(server, batch, whole, begun)
    return [whole[part] for part in sorted(whole)]


@dataclass(frozen=True, slots=True)
class _Rest:
    """What of a batch is in no task yet, by sha256."""

    images: dict[str, BatchImage]
    known: dict[str, KnownImage]

    def has(self, names: Collection[str]) -> bool:
        return bool(names) and all(name in self.images or name in self.known for name in names)

    def take(self, names: Collection[str]) -> tuple[list[BatchImage], list[KnownImage]]:
        """What these name; it is in a task from now on."""
        images = [self.images.pop(name) for name in list(self.images) if name in names]
        return images, [self.known.pop(name) for name in list(self.known) if name in names]


def _make_rest(server: Connection, batch: Batch, whole: Tasks, begun: list[tuple[Part, CvatTask]]) -> Tasks:
    project, label_ids = projects.in_step(server, _labels(batch))
    seen = _seen(server, batch)
    maker = Maker(server, project.id, label_ids, people.rotation(server), seen)
    # What one person has seen stands together, so that a job of it can go to another.
    images = sorted(by_urgency(batch.images), key=lambda image: seen.get(image.sha256, ""))
    rest = _Rest({one.sha256: one for one in images}, {one.sha256: one for one in batch.known})
    made = dict(whole)
    for task in made.values():
        rest.take(_images(server, task))
    for part, task in begun:
        names = set() if part in made else _images(server, _settled(server, task))
        if rest.has(names):
            made[part] = maker.complete(task, part, *rest.take(names))
        else:
            _remove(server, task)
    return made | _made(maker, batch.key, made, rest)


def _seen(server: Connection, batch: Batch) -> dict[str, str]:
    """By sha256, who labels an image in the task that had it before."""
    if not batch.again_of or not server.settings.assignees:
        return {}
    first, _ = _standing(server, batch.again_of)
    return people.labelling(server, [task.id for task in first.values()])


def _remove(server: Connection, task: CvatTask) -> None:
    """Delete a task that is not whole; raises Rejected where people began at it all the same."""
    mine = jobs.of_tasks(server, [task.id]).get(task.id)
    if mine is not None and any(job.state != jobs.NEW for job in mine.asked):
        raise Rejected(
            f"CVAT at {server.address} has a task {task.name} that is not the one to be made, and people began at it: "
            "delete it there if their work is not needed."
        )
    server.delete(f"/api/tasks/{task.id}")


def _labels(batch: Batch) -> list[str]:
    """The classes, and what else is in a box of the batch, as of a class that was taken out of the settings since."""
    everything: list[BatchImage | KnownImage] = [*batch.images, *batch.known]
    drawn = (box.label for image in everything for box in image.boxes)
    return list(dict.fromkeys([*batch.classes, *drawn]))


def _made(maker: Maker, key: str, made: Tasks, rest: _Rest) -> Tasks:
    """The parts that are missing, made of what is in no task yet."""
    size = maker.server.settings.images_per_task
    of = max((part.of for part in made), default=max(1, math.ceil(len(rest.images) / size)))
    missing = [part for part in (Part(key, number + 1, of) for number in range(of)) if part not in made]
    if rest.images and not missing:
        raise Rejected(
            f"The tasks of {key} on CVAT at {maker.server.address} lack {len(rest.images)} of its images: "
            "delete those tasks there, and the next run makes them anew."
        )
    images, known = (list(some.values()) for some in (rest.images, rest.known))
    shares = [split(some, max(1, len(missing))) for some in (images, known)]
    return {
        part: maker.make(part, mine, some[: len(mine) // 2]) for part, mine, some in zip(missing, *shares, strict=False)
    }


def _standing(server: Connection, key: str) -> tuple[Tasks, list[tuple[Part, CvatTask]]]:
    """The batch's tasks that are whole, and those that are being made: at most what a run left that is gone."""
    whole, begun = Tasks(), list[tuple[Part, CvatTask]]()
    project = projects.find(server)
    listed = (
        server.all(CvatTask, "/api/tasks", project_id=project.id, filter=containing("name", key)) if project else ()
    )
    for task in sorted(listed, key=lambda task: task.id):
        part, is_whole = part_of(key, task.name) or (None, False)
        if part is not None and part in whole and is_whole:
            raise Rejected(
                f"CVAT at {server.address} has two tasks named {task.name}: delete one that nobody works at."
            )
        if part is not None and is_whole:
            whole[part] = task
        elif part is not None:
            begun.append((part, task))
    return whole, begun


def _settled(server: Connection, task: CvatTask) -> CvatTask:
    """The task, once its images are unpacked if they were all sent."""
    if task.size:
        return task
    uploads.wait_if_at_work(server, task.id)
    return server.get(CvatTask, f"/api/tasks/{task.id}")


def _images(server: Connection, task: CvatTask) -> set[str]:
    """What the task shows; nothing where its images were not all sent."""
    if not task.size:
        return set()
    return {sha256_of(frame.name) for frame in frames.read(server, task.id, has_known=False).all}
