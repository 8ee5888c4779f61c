"""The tasks that people label."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.folder import FolderBackend


def label_lines(root: Path) -> Iterator[str]:
    """A line for each task in a folder."""
    home = Home.open(root)
    backend = _folders(home)
    for task in backend.tasks():
        progress = backend.progress(task)
        yield f"{task.key}  {progress.images} images  {'finished' if progress.finished else 'open'}  {task.url}"


def finish_task(root: Path, key: str, by: str, now: datetime) -> None:
    """Mark a task in a folder as finished."""
    _folders(Home.open(root)).finish(key, by, now)


def _folders(home: Home) -> FolderBackend:
    if not isinstance(home.labeling, FolderBackend):
        raise InputError("labeling.backend is not `folder`: finish the task where it is labelled.")
    return home.labeling
