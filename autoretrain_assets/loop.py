"""Drive the loop's own jobs on a home: one step at a time, or all that is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import dagster as dg
import polars as pl

from autoretrain_assets import triggers
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.manifest import build as build_manifest
from autoretrain_assets.definitions import build
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.founding import place_dagster
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import Task, uncollected
from autoretrain_assets.schema import ANNOTATIONS, conform
from autoretrain_assets.store import artifacts

COMING = "coming"


@contextmanager
def opened(home: Home) -> Iterator["Loop"]:
    """The loop of a home, with its Dagster instance for as long as the block lasts."""
    place_dagster(home)
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        yield Loop(home, instance, build(home.root))


@dataclass(frozen=True, slots=True)
class Loop:
    """A home with its Dagster instance."""

    home: Home
    instance: dg.DagsterInstance
    definitions: dg.Definitions

    def feedback(self, day: date) -> None:
        """Take in a day's events, up to its labelling task."""
        self._run("feedback", day.isoformat())

    def labels(self, day: date) -> None:
        """Collect the answers of a day's finished tasks."""
        self._run("labels", day.isoformat())

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

    def days_with_events(self) -> list[date]:
        """The days for which events wait in the inbox, oldest first."""
        days, feedback = self.home.settings.days, self.home.settings.feedback
        waiting = pending(self.home.inbox, days.first, datetime.now(UTC), feedback, days.last)
        return sorted(waiting)

    def days_with_answers(self) -> list[date]:
        """The days with a task that is finished and was not collected, oldest first."""
        return [day for day in self.home.cvat_tasks.days() if self._has_answers(day)]

    def next_version(self) -> tuple[str, triggers.Verdict]:
        """The version that comes next, and whether it is due; one that was begun is finished first."""
        undecided = [name for name in dataset_version.versions(self.home.store) if not self._decided(name)]
        if undecided:
            return undecided[0], triggers.Verdict("unfinished", f"{undecided[0]} has no decision yet")
        verdict = triggers.retraining_due(self.waiting(), self.home.settings.retrain)
        return dataset_version.next_version(self.home.store), verdict

    def waiting(self) -> triggers.Waiting:
        """What the next version would add, and which of its days were in drift alarm.

        An image that touches both splits never enters a version: it must not ask for one for ever.
        """
        versions = dataset_version.versions(self.home.store)
        known = dataset_version.read_manifest(self.home.store, versions[-1]) if versions else None
        answers = conform(self.home.annotations.scan().collect(), ANNOTATIONS)
        coming = build_manifest(known, answers, self.home.settings, COMING).manifest
        rows = coming.filter(pl.col("since") == COMING)
        days = rows["captured_at"].dt.date().unique().sort().to_list()
        return triggers.Waiting(rows.height, [day for day in days if self._in_alarm(day)])

    def _in_alarm(self, day: date) -> bool:
        return bool(self.home.drift_report.read(day)["alarm"].any())

    def _decided(self, version: str) -> bool:
        return "decision.json" in artifacts.names(self.home.store, version)

    def _has_answers(self, day: date) -> bool:
        waiting = uncollected(self.home.cvat_tasks.read(day), self.home.annotations.read(day))
        return any(self.home.labeling.progress(Task.of(row)).finished for row in waiting.iter_rows(named=True))

    def _run(self, job: str, partition: str, tags: dict[str, str] | None = None) -> None:
        """Run one job to its end in this process; an error of the loop is raised as itself."""
        self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=partition,
            tags=tags or {},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
