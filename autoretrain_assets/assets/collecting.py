"""A day's finished tasks: their answers collected and reviewed, and sent back where they do not pass."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from autoretrain_assets.assets.known_images import sealed
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import Answers, Progress, Task, collected, jobs_of, uncollected
from autoretrain_assets.labeling.failures import PASSING
from autoretrain_assets.labeling.review import review
from autoretrain_assets.schema import ANNOTATIONS, conform


@dataclass
class Collected:
    """What came of it: `rows` of schema.ANNOTATIONS, `rejected` why by image, and how many answers were `fine`.

    `waits` says why the rest was left for a later run, where a server did not answer; `failed` has the first error of
    a task that cannot be collected, as one that is gone.
    """

    rows: pl.DataFrame
    rejected: dict[str, str] = field(default_factory=dict)
    fine: int = 0
    unfinished: int = 0
    waits: str = ""
    failed: LabelingError | None = None


def collect(place: Home, day: date) -> Collected:
    """Collect each task that is finished; what a server answered before it fell silent is kept.

    A task that cannot be collected holds up no other one.
    """
    found = Collected(place.annotations.read(day))
    try:
        for row in _to_collect(place, place.cvat_tasks.read(day), found):
            try:
                _collect(place, day, row, found)
            except PASSING:
                raise
            except LabelingError as error:
                found.failed = found.failed or error
    except PASSING as error:
        found.waits = f"not all of its answers are collected yet: {error}"
    return found


def _to_collect(place: Home, tasks: pl.DataFrame, found: Collected) -> list[dict[str, Any]]:
    """The tasks that were never collected, those that were finished anew since, and those with open jobs."""
    known = list(collected(tasks, found.rows).iter_rows(named=True))
    finished = place.labeling.finished_at_of([Task.of(row) for row in known])
    unclear = [at for at in finished.values() if isinstance(at, LabelingError)]
    found.failed = next(iter(unclear), None)
    corrected = [row for row in known if finished[row["key"]] not in {None, row["finished_at"], *unclear}]
    opened = [row for row in known if finished[row["key"]] is None]
    progress = place.labeling.progress_of([Task.of(row) for row in opened])
    parted = [row for row in opened if _has_more(row, progress.get(row["key"]), found.rows)]
    return [*uncollected(tasks, found.rows).iter_rows(named=True), *corrected, *parted]


def _has_more(row: dict[str, Any], how_far: Progress | LabelingError | None, rows: pl.DataFrame) -> bool:
    """Whether jobs of a collected task may be new; of one that is gone, whether some are lost with it."""
    if isinstance(how_far, Progress):
        return bool(how_far.done)
    mine = rows.filter(pl.col("task_key") == row["key"])
    return how_far is None and bool(jobs_of(mine)) and mine["sha256"].n_unique() < len(row["images"])


def _collect(place: Home, day: date, row: dict[str, Any], found: Collected) -> None:
    task = Task.of(row)
    progress = place.labeling.progress(task)
    found.unfinished += not progress.finished
    if not progress.finished and not progress.done:
        return
    known = jobs_of(found.rows.filter(pl.col("task_key") == task.key))
    answers = place.labeling.collect_finished(task, known) if progress.done else place.labeling.collect(task)
    answers = _without_known(place, answers, row["images"])
    images = [sha256 for sha256 in row["images"] if sha256 not in answers.others]
    asked = place.mined_samples.read(day).filter(pl.col("sha256").is_in(images))
    verdict = review(answers, asked, place.classes, place.settings.labeling)
    found.rejected |= verdict.rejected
    found.fine += verdict.accepted.height
    if not verdict.passed:
        # Before anything of it is kept: a job that comes back is then changed later than all that was collected.
        place.labeling.reopen(task, verdict.rejected)
    good = verdict.of_whole_jobs(answers) if progress.done else verdict.of_whole_task
    new = _rows(good, asked, task.key)
    others = found.rows.join(new, on=["task_key", "sha256"], how="anti", maintain_order="left")
    found.rows = pl.concat([others, new])


def _without_known(place: Home, answers: Answers, images: Sequence[str]) -> Answers:
    """Once someone removed a task's ground truth job, nothing on the server tells its known images from the others."""
    if not (others := {*answers.table["sha256"], *answers.problems}.difference(images)):
        return answers
    known = others.intersection(sealed(place)["sha256"])
    return replace(
        answers,
        table=answers.table.filter(~pl.col("sha256").is_in(known)),
        problems={image: problem for image, problem in answers.problems.items() if image not in known},
    )


def _rows(answers: pl.DataFrame, samples: pl.DataFrame, key: str) -> pl.DataFrame:
    joined = samples.join(answers, on="sha256", how="inner", maintain_order="left")
    return conform(joined.with_columns(task_key=pl.lit(key)), ANNOTATIONS)
