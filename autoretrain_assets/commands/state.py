"""The state of a home, gathered without Dagster and without a model: what `status` shows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from autoretrain_assets import checkpoints, due
from autoretrain_assets.commands import dagster_runs
from autoretrain_assets.commands.dagster_runs import Run
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.feedback import refusals
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import FINISHED, OPEN, SENT_BACK, Progress
from autoretrain_assets.labeling.ready import Ready, told
from autoretrain_assets.release import decisions, registry, serving

DECISIONS = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A camera on the last day of it that was looked at: what moved, if anything."""

    source: str
    day: date
    moved: Sequence[str]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on a version; `adopted`: it was in production before its home was made, by no gate."""

    version: str
    outcome: str
    reasons: Sequence[str]
    adopted: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The tasks that are not done with: how many are open and how many finished, and of those sent back key and why.

    `oldest` is when the first was opened of those that people have to do with (UTC), and `finished_days` are those
    with answers to collect. `in_part` are those of which some jobs were collected. `lost` has key and why of those
    that cannot be asked about, such as one that is gone. `unasked` is why none of this is known, where the labelling
    server does not answer.
    """

    open: int
    finished: int
    sent_back: Sequence[tuple[str, str]]
    oldest: datetime | None
    finished_days: int
    in_part: Sequence[due.Opened] = ()
    lost: Sequence[tuple[str, str]] = ()
    unasked: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What an owner asks first; `served`: whether serving reads what was released. Times are UTC."""

    inbox_is_there: bool
    production: registry.Release | None
    served: bool
    desk: Desk
    waiting_days: int
    labels: Ready
    held_back: Sequence[str]
    agreement: pl.DataFrame
    disagreements: Sequence[str]
    coming: due.Retraining
    drift: Sequence[Source]
    decisions: Sequence[Decided]
    refused: int
    at_work: Sequence[Run]
    failed: Sequence[Run]


def gather(home: Home, now: datetime) -> State:
    """The state of a home at `now`; raises StoreError, IntegrityError where it cannot be read."""
    runs = dagster_runs.latest(home.dagster)
    production = registry.current(home.store)
    labels = due.labels(home)
    return State(
        inbox_is_there=home.inbox.is_dir(),
        production=production,
        served=production is None or serving.intact(production, home.production),
        desk=_desk(home),
        waiting_days=len(due.events(home, now)),
        labels=labels,
        held_back=list(told(labels, home.settings.labeling)),
        agreement=due.agreement(home),
        disagreements=list(due.disagreements(home)),
        coming=due.retraining(home),
        drift=_drift(home),
        decisions=_last_decisions(home),
        refused=refusals.count(home.quarantine),
        at_work=[run for run in runs if run.status in dagster_runs.AT_WORK],
        failed=[run for run in runs if run.status in dagster_runs.FAILED and not _is_over(home, run)],
    )


def _is_over(home: Home, run: Run) -> bool:
    """Whether something was decided on the run's version, by another run or by its owner: nothing is to be mended."""
    return run.job == "retrain" and decisions.is_made(home.store, run.partition)


def age(since: datetime, now: datetime) -> str:
    """How long ago, as a person says it."""
    seconds = max(0, int((now - since.astimezone(UTC)).total_seconds()))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if count := seconds // length:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def _desk(home: Home) -> Desk:
    """The tasks; of a backend that does not answer only why."""
    try:
        found = due.not_done(home)
    except LabelingError as error:
        return Desk(0, 0, [], None, 0, unasked=str(error))
    asked = [(one, how_far) for one, how_far in found if isinstance(how_far, Progress)]
    states = Counter(progress.state for _, progress in asked)
    sent_back = [(one.task.key, progress.sent_back) for one, progress in asked if progress.state == SENT_BACK]
    oldest = min((one.opened_at for one, progress in asked if not progress.finished), default=None)
    days = due.answers_among(home, found)
    in_part = [one for one, _ in asked if one.is_partly_collected]
    lost = [(one.task.key, str(why)) for one, why in found if isinstance(why, LabelingError)]
    return Desk(states[OPEN], states[FINISHED], sent_back, oldest, len(days), in_part, lost)


def _drift(home: Home) -> list[Source]:
    """Each source's last day, and the features in alarm on it."""
    last = pl.col("day") == pl.col("day").max().over("source")
    moved = pl.col("feature").filter(pl.col("alarm")).alias("moved")
    found = home.drift_report.query(
        lambda rows: rows.filter(last).group_by("source").agg(pl.col("day").max(), moved).sort("source"), day="day"
    )
    return [Source(source, day, features) for source, day, features in found.iter_rows()]


def _last_decisions(home: Home) -> list[Decided]:
    """The last versions that were decided on, newest first."""
    decided, found = decisions.Decided(home.store), list[Decided]()
    for version in reversed(dataset_version.versions(home.store)):
        if len(found) == DECISIONS:
            break
        if made := decided.on(version):
            adopted = checkpoints.is_made(home, version) and checkpoints.is_adopted(checkpoints.record(home, version))
            found.append(Decided(version, made["outcome"], made["reasons"], adopted))
    return found
