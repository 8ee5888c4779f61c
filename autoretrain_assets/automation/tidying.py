"""Keep a home's growth bounded: old runs that say nothing new, locks of runs that ended, writes that were cut off."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import dagster as dg

from autoretrain_assets.home import Home
from autoretrain_assets.locks import is_held
from autoretrain_assets.resources import alive
from autoretrain_assets.version_images import FETCHED
from autoretrain_assets.words import many

AT_ONCE, LOOKED_AT = 100, 2000
"""Runs that one pass removes, and looks at: a tick must not last for minutes."""
CUT_OFF = timedelta(days=1)
"""Nothing is written for so long: an older temporary file is of a writer that was killed."""


def tidy(home: Home, instance: dg.DagsterInstance, now: datetime) -> str:
    """Remove what is old; answers what was removed in one sentence."""
    kept = timedelta(days=home.settings.automation.keep_days)
    runs = _old_runs(instance, now - kept)
    for run_id in runs:
        instance.delete_run(run_id)
        _remove_files_of(run_id, home)
    files = [path for path in _left_behind(home) if _age(path, now) > CUT_OFF]
    files += [path for path in _logs_of_ticks(home) if _age(path, now) > kept]
    for path in files:
        path.unlink(missing_ok=True)
    for folder in home.work.glob(f"{FETCHED}*"):
        if _age(folder, now) > CUT_OFF:
            shutil.rmtree(folder, ignore_errors=True)
    return f"removed {many(len(runs), 'old run')} and {many(len(files), 'file')} that writers and ticks left"


def _old_runs(instance: dg.DagsterInstance, before: datetime) -> list[str]:
    """Finished runs from before that newer ones replaced."""
    records = instance.get_run_records(dg.RunsFilter(created_before=before), limit=LOOKED_AT, ascending=True)
    finished = (record.dagster_run.run_id for record in records if record.dagster_run.is_finished)
    return list(islice((run_id for run_id in finished if not _made_what_is_there(instance, run_id)), AT_ONCE))


def _made_what_is_there(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether any partition of an asset is as this run left it: with the run Dagster would forget that it is there."""
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    made = [entry.asset_materialization for entry in instance.all_logs(run_id, of_type=kind)]
    return any(_latest(instance, one) == run_id for one in made if one is not None)


def _latest(instance: dg.DagsterInstance, made: dg.AssetMaterialization) -> str:
    partitions = None if made.partition is None else [made.partition]
    wanted = dg.AssetRecordsFilter(asset_key=made.asset_key, asset_partitions=partitions)
    return instance.fetch_materializations(wanted, limit=1).records[0].run_id


def _remove_files_of(run_id: str, home: Home) -> None:
    """Dagster empties its tables and leaves these: the run's own log and what its steps printed."""
    for path in (home.dagster / "history" / "runs").glob(f"{run_id}.db*"):
        path.unlink(missing_ok=True)
    shutil.rmtree(home.dagster / "storage" / run_id, ignore_errors=True)
    alive(home.root, run_id).unlink(missing_ok=True)


def _left_behind(home: Home) -> Iterator[Path]:
    for folder in (home.inbox, home.root / "tables", home.root / "frames", home.reports, home.work / "models"):
        yield from (path for path in folder.rglob(".*.tmp") if path.is_file())  # a folder is no writer's of ours
    yield from (path for path in (home.work / "runs").glob("*.lock") if not is_held(path))


def _logs_of_ticks(home: Home) -> Iterator[Path]:
    """Dagster forgets its ticks after a while, and leaves what they logged."""
    yield from (home.dagster / "storage" / "__repository__").glob("*/*")


def _age(path: Path, now: datetime) -> timedelta:
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return timedelta(0)
