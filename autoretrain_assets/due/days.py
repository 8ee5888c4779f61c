"""The days on which something is due: events to take in, answers to collect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from autoretrain_assets.due.fingerprint import fingerprint
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import Task, uncollected
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
    """The days with a task that is finished and was not collected, oldest first, each with its fingerprint."""
    finished: dict[date, list[str]] = {}
    for day, tasks in _read_tasks(home).open.items():
        for task in tasks if _is_partition(home, day) else ():
            if (state := _finished(home, task)) is not None:
                finished.setdefault(day, []).append(f"{task.key} {state}")
    return {day: fingerprint(tasks) for day, tasks in sorted(finished.items())}


def open_tasks(home: Home) -> int:
    """How many tasks wait for people."""
    return len(waiting_tasks(home))


def waiting_tasks(home: Home) -> list[Task]:
    """The tasks that are open and were not collected, by day."""
    return [task for tasks in _read_tasks(home).open.values() for task in tasks]


def oldest_task(home: Home) -> datetime | None:
    """When the task that waits longest was opened (UTC); None where none waits."""
    return _read_tasks(home).oldest


def _finished(home: Home, task: Task) -> str | None:
    """What a finished task is at; one that cannot be asked about is due too: its day's run fails and says why."""
    try:
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
    """The tasks that wait for people, day by day, since when the first does, and the keys of those only noted."""

    open: Mapping[date, Sequence[Task]]
    oldest: datetime | None
    opening: Mapping[date, str]


def _read_tasks(home: Home) -> _Tasks:
    tasks, annotated = home.cvat_tasks, home.annotations
    return _scan_tasks(tasks, annotated, tasks.stamp(), annotated.stamp())


@lru_cache(maxsize=8)
def _scan_tasks(tasks: Table, annotated: Table, *_stamps: str) -> _Tasks:
    """A year of days takes a tenth of a second to read, and is read again only when a day changed."""
    collected = annotated.query(lambda rows: rows.select("task_key").unique())
    rows = tasks.query(day="day")
    waiting = uncollected(rows, collected)
    parts = waiting.group_by("day", maintain_order=True)
    open_tasks = {day: [Task.of(row) for row in part.iter_rows(named=True)] for (day,), part in parts}
    opening = rows.filter(pl.col("state") == "opening").group_by("day").agg(pl.col("key").sort().str.join(" "))
    oldest = waiting["opened_at"].sort().head(1).to_list()
    return _Tasks(open_tasks, oldest[0] if oldest else None, dict(opening.iter_rows()))
