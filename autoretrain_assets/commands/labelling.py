"""The tasks that people label."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.folder import FolderBackend
from autoretrain_assets.words import many


@dataclass(frozen=True, slots=True)
class ToLabel:
    """One task: `url` is where a person opens it."""

    key: str
    images: int
    finished: bool
    url: str


def tasks(root: Path) -> list[ToLabel]:
    """The tasks in folders, by key; raises LabelingError where one cannot be read."""
    backend = _folders(Home.open(root))
    found = [(task, backend.progress(task)) for task in backend.tasks()]
    return [ToLabel(task.key, progress.images, progress.finished, task.url) for task, progress in found]


def lines(found: Sequence[ToLabel]) -> Iterator[str]:
    """A line for each task."""
    if not found:
        yield "there is no task: `autoretrain run` makes them of the events that came in"
    for one in found:
        state = "finished" if one.finished else "open"
        yield f"{one.key}  {many(one.images, 'image')}  {state}  {one.url}"


def finish_task(root: Path, key: str, by: str, now: datetime) -> None:
    """Mark a task in a folder as finished; raises InputError where there is no such task."""
    backend = _folders(Home.open(root))
    known = {task.key for task in backend.tasks()}
    if key not in known:
        named = f"`autoretrain label list` names the {many(len(known), 'task')} there" if known else "there are none"
        raise InputError(f"there is no task {key}: {named}.")
    backend.finish(key, by, now)


def _folders(home: Home) -> FolderBackend:
    if not isinstance(home.labeling, FolderBackend):
        raise InputError("labeling.backend is not `folder`: finish the task where it is labelled.")
    return home.labeling
