"""Drive the loop's own jobs on a home: one step at a time, or all that is due."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from autoretrain_assets import triggers
from autoretrain_assets.automation.attempts import WAITS
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.automation.sensors.broken_off import mend
from autoretrain_assets.definitions import build
from autoretrain_assets.errors import AutoretrainError, IntegrityError, Interrupted
from autoretrain_assets.founding import place_dagster
from autoretrain_assets.home import Home
from autoretrain_assets.locks import held, is_held
from autoretrain_assets.resources import turns

DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
"""Where Dagster keeps what happened, below its home."""


@contextmanager
def opened(home: Home) -> Iterator["Loop"]:
    """The loop of a home, with its Dagster instance for as long as the block lasts.

    Raises IntegrityError where a database of Dagster's is damaged.
    """
    place_dagster(home)
    with held(home.work / "locks" / "dagster.lock"):  # two that make its databases at once break them for good
        _verify_databases(home.dagster)
        made = dg.DagsterInstance.from_config(str(home.dagster))
    with made as instance:
        yield Loop(home, instance, build(home.root))


FIGURES = {
    "new": "accepted now",
    "twice": "sent twice",
    "refused": "quarantined",
    "by_arrival": "quarantined on arrival",
    "images": "images added now",
    "tasks": "tasks opened now",
}
"""The fields of TakenIn, as the assets call them."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What one run made of a day: events that are new, sent twice or refused, and the images of the tasks it opened.

    The day is that of capture (UTC), but of arrival for `by_arrival` of the events that were refused.
    """

    new: int = 0
    twice: int = 0
    refused: int = 0
    by_arrival: int = 0
    images: int = 0
    tasks: int = 0
    waits: str = ""
    """What was left for a later run, as a server did not answer."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A home with its Dagster instance."""

    home: Home
    instance: dg.DagsterInstance
    definitions: dg.Definitions

    @property
    def is_shared(self) -> bool:
        """Whether another run is at work on this home: runs take turns."""
        return any(map(is_held, turns(self.home.root)))

    def mend(self) -> tuple[list[str], list[AutoretrainError]]:
        """What a kill or a power cut left half done and no step repeats: sentences, and errors, as `mend` has them."""
        return mend(self.home, self.instance, datetime.now(UTC))

    def feedback(self, day: date) -> TakenIn:
        """Take in a day's events, up to its labelling task."""
        return _taken_in(self._run("feedback", day.isoformat()))

    def mine_again(self, day: date) -> TakenIn:
        """Choose a day's samples by today's rules; what people were asked for stays."""
        return _taken_in(self._run("feedback", day.isoformat(), only=["mined_samples", "cvat_tasks"]))

    def labels(self, day: date) -> str:
        """Collect the answers of a day's finished tasks; returns what a server that did not answer has still."""
        return str(_said(self._run("labels", day.isoformat())).get(WAITS, ""))

    def retrain(self, version: str, verdict: triggers.Verdict) -> None:
        """Make a version and decide on it; the reason stands in the run's tags."""
        self.instance.add_dynamic_partitions(str(VERSIONS.name), [version])
        self._run(
            "retrain", version, {"autoretrain/trigger": verdict.trigger or "owner", "autoretrain/why": verdict.why}
        )

    def step_seconds(self, step: str) -> float:
        """The seconds that a step took, over all runs of this home."""
        runs = self.instance.get_runs()
        stats = [found for run in runs for found in self.instance.get_run_step_stats(run.run_id, [step])]
        return sum(found.end_time - found.start_time for found in stats if found.end_time and found.start_time)

    def _run(
        self, job: str, partition: str, tags: dict[str, str] | None = None, only: Sequence[str] | None = None
    ) -> dg.ExecuteInProcessResult:
        """Run one job to its end in this process; an error of the loop is raised as itself, a signal as Interrupted."""
        try:
            return self._executed(job, partition, tags, only)
        except dg.DagsterExecutionInterruptedError:
            raise Interrupted(f"stopped at {job} {partition}: nothing is lost, and the next run takes it up.") from None

    def _executed(
        self, job: str, partition: str, tags: dict[str, str] | None, only: Sequence[str] | None
    ) -> dg.ExecuteInProcessResult:
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=partition,
            asset_selection=None if only is None else [dg.AssetKey(name) for name in only],
            tags=tags or {},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def _verify_databases(dagster: Path) -> None:
    """One that another process has locked is whole."""
    for path in filter(Path.is_file, (dagster / name for name in DATABASES)):
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError:
            continue
        except sqlite3.DatabaseError as error:
            raise IntegrityError(
                f"{path} is damaged ({error}): stop what uses it, and remove {dagster}: "
                "the loop does not need its runs."
            ) from error


def _taken_in(run: dg.ExecuteInProcessResult) -> TakenIn:
    """The figures of the run's assets; those of an asset that did not run stay 0."""
    said = _said(run)
    return TakenIn(**{field: int(said.get(name, 0)) for field, name in FIGURES.items()}, waits=said.get(WAITS, ""))


def _said(run: dg.ExecuteInProcessResult) -> dict[str, Any]:
    """What the run's assets say of themselves."""
    said: dict[str, Any] = {}
    for event in run.get_asset_materialization_events():
        made = event.step_materialization_data.materialization
        said |= {name: figure.value for name, figure in made.metadata.items()}
    return said
