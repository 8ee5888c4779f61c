"""Ask Dagster for work once, again when it failed, and not for ever."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from autoretrain_assets.config.settings import Automation
from autoretrain_assets.resources import PARTITION
from autoretrain_assets.words import many

WORK, WHY = "autoretrain/work", "autoretrain/why"
AWAY, WAITS = "autoretrain/away", "waits for the server"
"""What a run left as a server did not answer: the run's tag, and the asset's metadata."""

FAILED = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
SUCCESS = dg.DagsterRunStatus.SUCCESS


def why(context: dg.AssetExecutionContext) -> str:
    """The reason in the tags of the run that is at work."""
    return context.run.tags.get(WHY, "started by hand")


def note_away(context: dg.AssetExecutionContext, why: str) -> None:
    """Note in the tags of the run at work that it left something, as a server did not answer.

    Such a run is no attempt: nothing is wrong with the work, and it is tried until the server answers.
    """
    context.log.warning(why)
    context.instance.add_run_tags(context.run.run_id, {AWAY: why})


def request(
    instance: dg.DagsterInstance,
    job: str,
    partition: str,
    fingerprint: str,
    because: str,
    settings: Automation,
    now: datetime,
) -> dg.RunRequest | str:
    """A run for this work, or why there is none now.

    The fingerprint tells one work from the next of the same partition. Dagster remembers a run key also when
    its run failed, so each attempt has a key of its own. A run of the partition that is in progress is waited
    for whatever it was asked for: what waits changes under its hands.
    """
    work = f"{job} {partition} {fingerprint}"
    of_partition = instance.get_run_records(dg.RunsFilter(job_name=job, tags={PARTITION: partition}))
    running = [record.dagster_run.run_id for record in of_partition if not record.dagster_run.is_finished]
    records = [record for record in of_partition if record.dagster_run.tags.get(WORK) == work]
    if running:
        return f"{partition}: run {running[0][:8]} is at it"
    if sum(AWAY not in record.dagster_run.tags for record in records) >= settings.attempts:
        return f"{partition}: {_given_up(records)}; nothing is tried until something about it changes"
    if records and now < (ready := _ready(records, settings, now)):
        return f"{partition}: {_last(records)}; tried again at {ready:%H:%M:%S} UTC"
    tags = {WORK: work, WHY: because} | ({"autoretrain/attempt": str(len(records) + 1)} if records else {})
    return dg.RunRequest(run_key=f"{work} #{len(records) + 1}", job_name=job, partition_key=partition, tags=tags)


def request_days(
    instance: dg.DagsterInstance, job: str, marks: Mapping[date, str], because: str, settings: Automation, now: datetime
) -> list[dg.RunRequest | str]:
    """`request` for each day, whose fingerprint `marks` holds."""
    return [request(instance, job, day.isoformat(), mark, because, settings, now) for day, mark in marks.items()]


def left(instance: dg.DagsterInstance, job: str, days: Iterable[date]) -> str | None:
    """What the last run of one of these days had to leave, as a server did not answer; None where none had to."""
    for day in days:
        ended = dg.RunsFilter(job_name=job, tags={PARTITION: day.isoformat()}, statuses=[*FAILED, SUCCESS])
        for run in instance.get_runs(ended, limit=1):
            if away := run.tags.get(AWAY):
                return f"{day}: {away}"
    return None


def _ready(records: Sequence[dg.RunRecord], settings: Automation, now: datetime) -> datetime:
    """After the pause; at once where the end lies in the future, for then the clock was set back.

    The pause grows with the attempts that are made at most, and no further.
    """
    ended = datetime.fromtimestamp(records[0].end_time or records[0].update_timestamp.timestamp(), tz=UTC)
    if ended > now:
        return now
    return ended + timedelta(seconds=settings.retry_seconds * 2 ** (min(len(records), settings.attempts) - 1))


def _given_up(records: Sequence[dg.RunRecord]) -> str:
    return f"tried {many(len(records), 'time')}, {_last(records)}"


def _last(records: Sequence[dg.RunRecord]) -> str:
    run = records[0].dagster_run
    if away := run.tags.get(AWAY):
        return f"run {run.run_id[:8]} left it: {away}"
    return f"run {run.run_id[:8]} {'failed' if run.status in FAILED else 'ended and left it'}"
