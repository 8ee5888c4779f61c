"""The tasks that people label."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from autoretrain_assets import due
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import SENT_BACK, Task
from autoretrain_assets.labeling.folder import FolderBackend


def label_lines(root: Path) -> Iterator[str]:
    """A line for each task in a folder, and one more for each that was sent back: why, and where all of it stands."""
    home = Home.open(root)
    backend = _folders(home)
    for task in backend.tasks():
        progress, collected = backend.progress(task), due.collected_at(home, task.key)
        is_done_with = collected is not None and backend.finished_at(task) == collected
        state = "collected" if is_done_with else progress.state
        yield f"{task.key}  {progress.images} images  {state}  {task.url}"
        if progress.state == SENT_BACK:
            yield f"  {progress.sent_back}"


def finish_task(root: Path, key: str, by: str, now: datetime) -> str:
    """Mark a task in a folder as finished; what becomes of its labels."""
    home = Home.open(root)
    backend, collected = _folders(home), due.collected_at(home, key)
    backend.finish(key, by, now)
    if collected is None:
        return f"{key} is finished; the next run collects it."
    if backend.finished_at(Task(key, key, "")) == collected:
        return f"{key} was collected, and its annotations.xml is as it was then: correct it there and say this again."
    return f"{key} was corrected; the next run collects it anew, and its newer labels go into the next version."


def _folders(home: Home) -> FolderBackend:
    if not isinstance(home.labeling, FolderBackend):
        raise InputError("labeling.backend is not `folder`: finish the task where it is labelled.")
    return home.labeling
