"""The days on which something is due: events to take in, answers to collect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import polars as pl

from autoretrain_assets.due.fingerprint import fingerprint
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import Task, collected, uncollected
from autoretrain_assets.schema import ANNOTATIONS, CVAT_TASKS
from autoretrain_assets.tables import Table


def events(home: Home, now: datetime) -> dict[date, str]:
    """The days that `feedback` has work for, oldest first, each with its fingerprint.

    Events wait in the inbox, or a run took them in and ended before all that follows was made of them.
    """
    days = home.settings.days
    waiting = pending(home.inbox, days.first, now, home.settings.feedback, days.last)
    marks = {
        day: [f"{one.path.relative_to(home.inbox)} {one.mark} {one.image_mark}" for one in waiting[day]]
        for day in waiting
    }
    for day, mark in _half_done(home).items():
        marks.setdefault(day, []).append(mark)
    return {day: fingerprint(marks[day]) for day in sorted(marks) if _is_partition(home, day)}


def answers(home: Home) -> dict[date, str]:
    """The days with a task that is finished and was not collected, oldest first, each with its fingerprint.

    One that was corrected after it was collected is due again.
    """
    known, finished = _read_tasks(home), dict[date, list[str]]()
    asked = [(day, task, None) for day, tasks in known.open.items() for task in tasks]
    for day, task, collected_at in [*asked, *known.collected]:
        if _is_partition(home, day) and (state := _finished(home, task, collected_at)) is not None:
            finished.setdefault(day, []).append(f"{task.key} {state}")
    return {day: fingerprint(tasks) for day, tasks in sorted(finished.items())}


def open_tasks(home: Home) -> int:
    """How many tasks wait for people."""
    return len(waiting_tasks(home))


def waiting_tasks(home: Home) -> list[Task]:
    """The tasks that are open and were not collected, by day."""
    return [task for tasks in _read_tasks(home).open.values() for task in tasks]


def collected_at(home: Home, key: str) -> datetime | None:
    """When a task was finished whose answers were collected (UTC); None where they were not."""
    return next((at for _, task, at in _read_tasks(home).collected if task.key == key), None)


def oldest_task(home: Home) -> datetime | None:
    """When the task that waits longest was opened (UTC); None where none waits."""
    return _read_tasks(home).oldest


def _finished(home: Home, task: Task, collected_at: datetime | None) -> str | None:
    """What a finished task is at; one that cannot be asked about is due too: its day's run fails and says why."""
    try:
        if collected_at is not None:
            at = home.labeling.finished_at(task)
            return None if at in {None, collected_at} else f"finished anew at {at}"
        progress = home.labeling.progress(task)
    except LabelingError as error:
        return f"cannot be asked about: {error}"
    return progress.revision if progress.finished else None


def _is_partition(home: Home, day: date) -> bool:
    """An owner may narrow the days of a home: what lies outside is kept and no work."""
    return home.settings.days.first <= day <= (home.settings.days.last or date.max)


def _half_done(home: Home) -> dict[date, str]:
    """The days whose events were taken in after the rest was made of them last, or with a task not opened yet.

    Each tells what was taken in, not when: a run that fails again takes the same in anew, and is the same work.
    """
    taken_in = home.raw_feedback.written()
    rest = [table.written() for table in (home.drift_report, home.mined_samples, home.cvat_tasks)]
    behind = [day for day, at in taken_in.items() if any(made.get(day, 0) < at for made in rest)]
    return {**_read_tasks(home).opening, **{day: sha256_of(home.raw_feedback.path(day)) for day in behind}}


@dataclass(frozen=True, slots=True)
class _Tasks:
    """The tasks that wait for people, day by day, since when the first does, the keys of those only noted, and those
    that were collected, with when they were finished then."""

    open: Mapping[date, Sequence[Task]]
    oldest: datetime | None
    opening: Mapping[date, str]
    collected: Sequence[tuple[date, Task, datetime]]


def _read_tasks(home: Home) -> _Tasks:
    tasks, annotated = home.cvat_tasks, home.annotations
    return _scan_tasks(tasks.folder, annotated.folder, tasks.stamp(), annotated.stamp())


@lru_cache(maxsize=8)
def _scan_tasks(tasks: Path, annotated: Path, *_stamps: str) -> _Tasks:
    """A year of days takes a tenth of a second to read, and is read again only when a day changed."""
    answered = Table(annotated, ANNOTATIONS).scan().select("task_key", "finished_at").unique().collect()
    rows = Table(tasks, CVAT_TASKS).scan(day="day").collect()
    waiting = uncollected(rows, answered)
    parts = waiting.group_by("day", maintain_order=True)
    open_tasks = {day: [Task.of(row) for row in part.iter_rows(named=True)] for (day,), part in parts}
    opening = rows.filter(pl.col("state") == "opening").group_by("day").agg(pl.col("key").sort().str.join(" "))
    oldest = waiting["opened_at"].sort().head(1).to_list()
    known = [(row["day"], Task.of(row), row["finished_at"]) for row in collected(rows, answered).iter_rows(named=True)]
    return _Tasks(open_tasks, oldest[0] if oldest else None, dict(opening.iter_rows()), known)
