"""The labelling tasks of all days: which wait for people, how far they are, and which were collected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import polars as pl

from autoretrain_assets.due import annotated
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import Progress, Task, collected, uncollected
from autoretrain_assets.labeling.failures import Elsewhere, Gone
from autoretrain_assets.tables import Table


@dataclass(frozen=True, slots=True)
class Opened:
    """A task that people were given: its day, since when (UTC), and when what was collected of it was finished.

    `collected_at` is None where nothing was collected yet. Of `images` so many were `collected`, by the `jobs` that
    they came from, each with when it was finished; a task that is collected as one piece has none.
    """

    day: date
    task: Task
    opened_at: datetime
    collected_at: datetime | None
    images: int
    collected: int = 0
    jobs: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def is_partly_collected(self) -> bool:
        """Whether some of its jobs were collected and others were not."""
        return bool(self.jobs) and self.collected < self.images

    @property
    def in_part(self) -> str:
        """How much of it was collected, in words."""
        return f"{self.collected} of {self.images} images collected"

    def has_more(self, progress: Progress) -> bool:
        """Whether there is something to collect."""
        return progress.finished or any(self.jobs.get(job) != at for job, at in progress.done.items())


@dataclass(frozen=True, slots=True)
class Tasks:
    """All tasks that were opened, and of the days with one that was only noted the keys of those."""

    opened: Sequence[Opened]
    noted: Mapping[date, str]


def tasks(home: Home) -> Tasks:
    """What the tables say of the home's tasks; no backend is asked."""
    asked, answered = home.cvat_tasks, home.annotations
    return _scan_tasks(asked, answered, asked.stamp(), answered.stamp())


def opened_tasks(home: Home) -> Sequence[Opened]:
    """All tasks that people were given, by day, collected or not."""
    return tasks(home).opened


def waiting_tasks(home: Home) -> list[Opened]:
    """The tasks that were not collected yet, or not whole, by day."""
    return [one for one in tasks(home).opened if one.collected_at is None or one.is_partly_collected]


def unopened(home: Home) -> Sequence[date]:
    """The days with a task that is noted and that no backend opened yet."""
    return sorted(tasks(home).noted)


def collected_at(home: Home, key: str) -> datetime | None:
    """When a task was finished whose answers were collected (UTC); None where they were not."""
    return next((one.collected_at for one in tasks(home).opened if one.task.key == key), None)


def at_desk(home: Home, day: date | None = None) -> list[tuple[Opened, Progress]]:
    """The tasks that are not done with, by day or of one day, each with how far it is: also those that are corrected.

    One that cannot be asked about is left out: the run that collects it fails and says why.
    """
    return [(one, how_far) for one, how_far in not_done(home, day) if isinstance(how_far, Progress)]


def not_done(home: Home, day: date | None = None) -> list[tuple[Opened, Progress | LabelingError]]:
    """The same, with why where one cannot be asked about; what was collected may be gone since.

    The backend is asked two questions about all of them. Raises LabelingError where it cannot be asked at all.
    """
    opened = [one for one in tasks(home).opened if day in {None, one.day}]
    at = home.labeling.finished_at_of([one.task for one in opened if one.collected_at is not None])
    left = [one for one in opened if one.collected_at is None or at[one.task.key] != one.collected_at]
    progress = home.labeling.progress_of([one.task for one in left])
    found = ((one, _how_far(one, at.get(one.task.key), progress.get(one.task.key))) for one in left)
    return [(one, how_far) for one, how_far in found if how_far is not None]


def _how_far(
    one: Opened, at: datetime | LabelingError | None, progress: Progress | LabelingError | None
) -> Progress | LabelingError | None:
    """None for what is done with: all of it was collected, and it is gone since or stands where people were before."""
    if isinstance(at, LabelingError):
        return at
    is_whole = one.collected_at is not None and not one.is_partly_collected
    if is_whole and isinstance(progress, Elsewhere):
        return None
    if progress is None and not is_whole:
        return Gone(
            f"{one.task.url} is gone: restore it, or have it made anew by `autoretrain label remake {one.task.key}`"
        )
    return progress


@lru_cache(maxsize=8)
def _scan_tasks(asked: Table, answers: Table, _asked_stamp: str, answers_stamp: str) -> Tasks:
    """A year of days takes a tenth of a second to read, and is read again only when a day changed."""
    by_job = annotated.read(answers, answers_stamp).group_by("task_key", "job")
    answered = by_job.agg(pl.col("finished_at").max(), images=pl.col("sha256").n_unique())
    rows = asked.query(day="day")
    waiting = uncollected(rows, answered).with_columns(finished_at=pl.lit(None, answered["finished_at"].dtype))
    known = pl.concat([waiting, collected(rows, answered)]).join(_of_task(answered), on="key", how="left")
    opened = [_opened(row) for row in known.sort("day", "opened_at", "key").iter_rows(named=True)]
    noted = rows.filter(pl.col("state") == "opening").group_by("day").agg(pl.col("key").sort().str.join(" "))
    return Tasks(opened, dict(noted.iter_rows()))


def _of_task(answered: pl.DataFrame) -> pl.DataFrame:
    """key, collected (so many images), jobs: of all tasks at once, for one by one a year of them takes a while."""
    jobs = pl.struct("job", "finished_at").filter(pl.col("job").is_not_null())
    return answered.group_by(key="task_key").agg(collected=pl.col("images").sum(), jobs=jobs)


def _opened(row: Mapping[str, Any]) -> Opened:
    return Opened(
        row["day"],
        Task.of(row),
        row["opened_at"],
        row["finished_at"],
        images=len(row["images"]),
        collected=row["collected"] or 0,
        jobs={one["job"]: one["finished_at"] for one in row["jobs"] or ()},
    )
