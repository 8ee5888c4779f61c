"""What broke off: runs whose process is gone are ended, and a release that serving does not see yet is put there."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import dagster as dg

from autoretrain_assets import checkpoints
from autoretrain_assets.automation.sensors.tick import tick
from autoretrain_assets.config.settings import Automation
from autoretrain_assets.errors import AutoretrainError
from autoretrain_assets.feedback import retrying
from autoretrain_assets.home import Home
from autoretrain_assets.locks import is_held
from autoretrain_assets.resources import HomeResource, alive

AT_WORK = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)


def broken_off(seconds: int) -> dg.SensorDefinition:
    """When daemon and worker die together, as in a power cut, nobody else tells Dagster that the run is over."""

    @dg.sensor(
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Ends the runs whose process is gone, so that their work starts anew; mends the production folder.",
    )
    def broken_off(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        sentences, failed = mend(home.open(), context.instance, datetime.now(UTC))
        if failed:
            raise failed[0]
        return tick(context, sentences, "every run at work has its process, and serving sees the released model")

    return broken_off


def mend(home: Home, instance: dg.DagsterInstance, now: datetime) -> tuple[list[str], list[AutoretrainError]]:
    """A sentence for each thing that was mended or could not be, and the errors of these: one stops no other."""
    sentences, failed = list[str](), list[AutoretrainError]()
    for mended in (partial(_ended, home, instance, now), partial(_served, home), partial(_put_back, home)):
        try:
            sentences += mended()
        except AutoretrainError as error:
            failed.append(error)
            sentences.append(f"could not be mended: {error}")
    return sentences, failed


def _ended(home: Home, instance: dg.DagsterInstance, now: datetime) -> list[str]:
    ended = end_lost_runs(instance, home.root, home.settings.automation, now)
    return [f"run {run_id[:8]} had no process any more: ended" for run_id in ended]


def _served(home: Home) -> list[str]:
    version = checkpoints.serve_released(home)
    return [f"{version} was released and not served yet: {home.production} shows it now"] if version else []


def _put_back(home: Home) -> list[str]:
    again = retrying.resume(home.quarantine, home.inbox)
    return [f"{name} was on its way out of quarantine: it is in the inbox now" for name in again]


def end_lost_runs(instance: dg.DagsterInstance, home: Path, settings: Automation, now: datetime) -> list[str]:
    """Mark as failed each run at work that holds no lock.

    One that never took it gets some time to begin, and one that let go of it by itself to tell Dagster of its end.
    """
    lost = [
        record.dagster_run
        for record in instance.get_run_records(dg.RunsFilter(statuses=list(AT_WORK)))
        if not is_held(alive(home, record.dagster_run.run_id))
        and _had_time(record, home, settings, now)
        and _is_at_work(instance, record)
        and not is_held(alive(home, record.dagster_run.run_id))  # it may have begun between these looks
    ]
    for run in lost:
        instance.report_run_failed(run, "The run's process is gone: it was killed, or the machine went down.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        alive(home, run.run_id).unlink(missing_ok=True)
    return [run.run_id for run in lost]


def _had_time(record: dg.RunRecord, home: Path, settings: Automation, now: datetime) -> bool:
    lock, since = alive(home, record.dagster_run.run_id), record.update_timestamp
    if lock.exists():
        if not lock.read_bytes():
            return True
        since = datetime.fromtimestamp(lock.stat().st_mtime, UTC)
    return not since <= now < since + timedelta(seconds=settings.start_seconds)


def _is_at_work(instance: dg.DagsterInstance, record: dg.RunRecord) -> bool:
    """Asked after the lock: the run may have ended well between the look at Dagster and the look at the lock."""
    run = instance.get_run_by_id(record.dagster_run.run_id)
    return run is not None and run.status in AT_WORK
