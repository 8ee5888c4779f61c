"""The tasks that people label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from autoretrain_assets import due
from autoretrain_assets.due.tasks import Opened
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling import hearing
from autoretrain_assets.labeling.base import Part, Progress, Task
from autoretrain_assets.labeling.folder import FolderBackend
from autoretrain_assets.words import many


@dataclass(frozen=True, slots=True)
class ToLabel:
    """One task: `state` is open, finished, sent back or lost (`sent_back` why) or collected; `url` where it is opened.

    `collected` is how many of its images were, also where it is open.
    `open_jobs` are those of a server's jobs that are not finished.
    """

    key: str
    images: int
    state: str
    sent_back: str
    url: str
    open_jobs: Sequence[Part] = ()
    collected: int = 0


def tasks(root: Path) -> list[ToLabel]:
    """The tasks that are there, by key; raises LabelingError where one cannot be read or the server does not answer."""
    home = Home.open(root)
    if isinstance(home.labeling, FolderBackend):
        opened = {one.task.key: one for one in due.opened_tasks(home)}
        return [_to_label(home, task, opened.get(task.key)) for task in home.labeling.tasks()]
    return _on_the_server(home)


def lines(found: Sequence[ToLabel]) -> Iterator[str]:
    """A line for each task, for each of its open jobs, and for why one was sent back and where all of it stands."""
    if not found:
        yield "there is no task: `autoretrain run` makes them of the events that came in"
    for one in found:
        in_part = f", {one.collected} of {one.images} images collected" if 0 < one.collected < one.images else ""
        yield f"{one.key}  {many(one.images, 'image')}  {one.state}{in_part}  {one.url}"
        if one.sent_back:
            yield f"  {one.sent_back}"
        for job in one.open_jobs:
            whose = job.assignee or "nobody's"
            yield f"  job {job.job}  {many(job.images, 'image')}  {whose}  {job.state}  {job.url}"


def finish_task(root: Path, key: str, by: str, now: datetime) -> str:
    """Mark a task in a folder as finished; says what becomes of its labels. Raises InputError for an unknown one."""
    home = Home.open(root)
    backend, collected = _folders(home), due.collected_at(home, key)
    known = {task.key for task in backend.tasks()}
    if key not in known:
        named = f"`autoretrain label list` names the {many(len(known), 'task')} there" if known else "there are none"
        raise InputError(f"there is no task {key}: {named}.")
    backend.finish(key, by, now)
    if collected is None:
        return f"{key} is finished; the next run collects it."
    if backend.finished_at(Task(key, key, "")) == collected:
        return f"{key} was collected, and its annotations.xml is as it was then: correct it there and say this again."
    return f"{key} was corrected; the next run collects it anew, and its newer labels go into the next version."


def listen(root: Path, door: str, environment: Mapping[str, str]) -> str:
    """Have the CVAT server tell the door at that address what people finish; again, it changes nothing.

    Raises InputError where labelling is elsewhere, or the secret is missing; LabelingError where the server refuses.
    """
    home = Home.open(root)
    if home.settings.labeling.backend != "cvat":
        raise InputError("labeling.backend is not `cvat`: only a server has webhooks.")
    from autoretrain_assets.labeling.cvat import webhooks  # CVAT's SDK takes half a second to import

    url, secret = hearing.address_of(door), hearing.secret_of(environment)
    number, is_new = webhooks.put(home.settings.labeling.cvat, home.classes, url, secret)
    return f"webhook {number} {'is new' if is_new else 'was there, and is in step'}: the server tells {url}"


def _to_label(home: Home, task: Task, opened: due.Opened | None) -> ToLabel:
    progress, at = home.labeling.progress(task), opened and opened.collected_at
    state = "collected" if at is not None and home.labeling.finished_at(task) == at else progress.state
    return ToLabel(
        task.key, progress.images, state, progress.sent_back, task.url, collected=opened.collected if opened else 0
    )


def _on_the_server(home: Home) -> list[ToLabel]:
    """In a few requests, however many there are."""
    opened = due.opened_tasks(home)
    progress = home.labeling.progress_of([one.task for one in opened])
    at = home.labeling.finished_at_of([one.task for one in opened if one.collected_at is not None])
    found = []
    for one in sorted(opened, key=lambda one: one.task.key):
        how_far = progress.get(one.task.key)
        if isinstance(how_far, Progress):
            is_done_with = one.collected_at is not None and at[one.task.key] == one.collected_at
            state = "collected" if is_done_with else how_far.state
            jobs = [] if is_done_with else [part for part in how_far.parts if not part.finished]
            found.append(
                ToLabel(one.task.key, how_far.images, state, how_far.sent_back, one.task.url, jobs, one.collected)
            )
        elif one.collected_at is None:
            why = str(how_far or f"it is gone: `autoretrain label again {one.task.key}` has it made anew")
            found.append(ToLabel(one.task.key, _asked_for(home, one), "lost", why, one.task.url))
    return found


def _asked_for(home: Home, one: Opened) -> int:
    """How many images the table knows of a task that the server does not."""
    rows = home.cvat_tasks.read(one.day).filter(pl.col("key") == one.task.key)
    return int(rows["images"].list.len().sum())


def _folders(home: Home) -> FolderBackend:
    if not isinstance(home.labeling, FolderBackend):
        raise InputError("labeling.backend is not `folder`: finish the task where it is labelled.")
    return home.labeling
