"""A task that is gone is made anew: its images are asked for again."""

from pathlib import Path

import polars as pl

from autoretrain_assets import due
from autoretrain_assets.due.tasks import Opened
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.failures import Elsewhere, Gone


def remake(root: Path, key: str) -> str:
    """Note the task as one that is to be made, by the same key and of the same images; says what becomes of it.

    Raises InputError where it is there, for then it would be two, or where all its answers were collected already;
    LabelingError where the backend cannot be asked.
    """
    home = Home.open(root)
    found = next((one for one in due.opened_tasks(home) if one.task.key == key), None)
    if found is None:
        raise InputError(f"no task {key} was opened: `autoretrain status` names those that are lost.")
    if found.collected_at is not None and not found.is_partly_collected:
        raise InputError(f"{key} was collected: its labels are here, and nothing is to be made anew.")
    if _is_there(home, found):
        raise InputError(f"{key} is there ({found.task.url}): finish it, or delete it first.")
    _note(home, found)
    return f"{key} is noted; the next run makes it anew."


def _is_there(home: Home, one: Opened) -> bool:
    try:
        home.labeling.progress(one.task)
    except (Gone, Elsewhere):
        return False
    return True


def _note(home: Home, one: Opened) -> None:
    rows, is_it = home.cvat_tasks.read(one.day), pl.col("key") == one.task.key
    noted = {"state": pl.lit("opening"), "task_id": pl.lit(None, pl.String), "url": pl.lit(None, pl.String)}
    changes = {name: pl.when(is_it).then(value).otherwise(name) for name, value in noted.items()}
    home.cvat_tasks.write(one.day, rows.with_columns(**changes))
