"""Retraining due: enough new labels, or drift and fewer of them."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from autoretrain_assets import due
from autoretrain_assets.automation.attempts import request
from autoretrain_assets.automation.jobs import RETRAIN
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.automation.sensors.tick import tick
from autoretrain_assets.home import Home
from autoretrain_assets.resources import HomeResource

UNFINISHED = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
TRIGGER = "autoretrain/trigger"


def retraining_due(seconds: int) -> dg.SensorDefinition:
    """Counts what was labelled since the last decision; looks closer only when something changed."""

    @dg.sensor(
        job=RETRAIN,
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts `retrain` for the next version when enough was labelled, or less in drift alarm.",
    )
    def retraining_due(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        place, now = home.open(), datetime.now(UTC)
        seen = due.labelled_so_far(place)
        if context.cursor and context.cursor.partition(" ")[0] == seen:
            return tick(context, [], context.cursor.partition(" ")[2])
        coming = due.retraining(place)
        if coming.verdict.trigger is None:
            return tick(context, [], coming.verdict.why, cursor=f"{seen} {coming.verdict.why}")
        asked = _waits(context.instance, place, coming, now) or _requested(context.instance, place, coming, now)
        return tick(context, [asked], "", partitions=[VERSIONS.build_add_request([coming.version])])

    return retraining_due


def _waits(instance: dg.DagsterInstance, place: Home, coming: due.Retraining, now: datetime) -> str | None:
    """One retraining at a time, and after a decision a pause."""
    running = instance.get_runs(dg.RunsFilter(job_name="retrain", statuses=list(UNFINISHED)), limit=1)
    if running:
        return f"{coming.verdict.why}; run {running[0].run_id[:8]} is retraining: one at a time"
    decided = due.last_decision(place)
    pause = timedelta(minutes=place.settings.retrain.cooldown_minutes)
    if coming.verdict.trigger != "unfinished" and decided is not None and decided <= now < decided + pause:
        return f"{coming.verdict.why}; cool-down until {decided + pause:%d %b, %H:%M} UTC"
    return None


def _requested(instance: dg.DagsterInstance, place: Home, coming: due.Retraining, now: datetime) -> dg.RunRequest | str:
    verdict, mark = coming.verdict, due.learns_from(place)
    asked = request(instance, "retrain", coming.version, mark, verdict.why, place.settings.automation, now)
    if isinstance(asked, dg.RunRequest):
        return asked.with_replaced_attrs(tags={**asked.tags, TRIGGER: str(verdict.trigger)})
    without = f"; `autoretrain abandon {coming.version}` goes on without it"
    return asked + (without if verdict.trigger == "unfinished" else "")
