"""Keep a home's growth bounded: old runs that say nothing new, locks of runs that ended, writes that were cut off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from autoretrain_assets.home import Home
from autoretrain_assets.locks import is_held
from autoretrain_assets.resources import PARTITION, alive

AT_ONCE = 100
"""Runs that one pass removes: a tick must not last for minutes."""
CUT_OFF = timedelta(days=1)
"""Nothing is written for so long: an older temporary file is of a writer that was killed."""


def tidy(home: Home, instance: dg.DagsterInstance, now: datetime) -> str:
    """Remove what is old; answers what was removed in one sentence."""
    runs = _old_runs(instance, now - timedelta(days=home.settings.automation.keep_days))
    for run_id in runs:
        instance.delete_run(run_id)
        alive(home.root, run_id).unlink(missing_ok=True)
    files = [path for path in _left_behind(home) if _age(path, now) > CUT_OFF]
    for path in files:
        path.unlink(missing_ok=True)
    return f"removed {len(runs)} old runs and {len(files)} files that writers left"


def _old_runs(instance: dg.DagsterInstance, before: datetime) -> list[str]:
    """Finished runs from before, less the last one that made each partition: its page tells of what is there."""
    records = instance.get_run_records(dg.RunsFilter(created_before=before), limit=AT_ONCE, ascending=True)
    return [
        record.dagster_run.run_id
        for record in records
        if record.dagster_run.is_finished and not _is_the_last(instance, record.dagster_run)
    ]


def _is_the_last(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    if not run.is_success:
        return False
    tags = {PARTITION: run.tags[PARTITION]} if PARTITION in run.tags else {}
    same = dg.RunsFilter(job_name=run.job_name, tags=tags, statuses=[dg.DagsterRunStatus.SUCCESS])
    return instance.get_runs(same, limit=1)[0].run_id == run.run_id


def _left_behind(home: Home) -> Iterator[Path]:
    for folder in (home.root / "tables", home.root / "frames", home.reports, home.work / "models"):
        yield from folder.rglob(".*.tmp")
    yield from (path for path in (home.work / "runs").glob("*.lock") if not is_held(path))


def _age(path: Path, now: datetime) -> timedelta:
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return timedelta(0)
