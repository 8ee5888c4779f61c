"""Dagster's runs, read from its own database: importing Dagster takes longer than all else that `status` does.

The one place that knows how Dagster's SQLite keeps runs; a test holds it against Dagster's own answer.
"""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autoretrain_assets.errors import IntegrityError

DATABASE = Path("history") / "runs.db"
AT_WORK = {"STARTING", "STARTED", "CANCELING"}
FAILED = {"FAILURE", "CANCELED"}
LOOKED_AT = 2000
_QUERY = "SELECT run_id, pipeline_name, partition, status, end_time FROM runs ORDER BY id DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its job, the day or version that it is for, and Dagster's word for its state."""

    id: str
    job: str
    partition: str
    status: str


def latest(dagster: Path) -> Sequence[Run]:
    """Of each job and partition the run that counts; raises IntegrityError where the database is broken.

    One that is at work does, else the one that ended last: of two that crossed, the younger may have been cut off
    while it waited for its turn. `dagster` is Dagster's home; where nothing ever ran, there is none.
    """
    path = dagster / DATABASE
    if not path.is_file():
        return []
    try:
        # without a question: the address would be read as one where the path holds `?` or `#`
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)
        try:
            rows = connection.execute(_QUERY, (LOOKED_AT,)).fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise IntegrityError(
            f"{path} cannot be read ({error}): stop what uses it, or remove {dagster}: the loop does not need its runs."
        ) from None
    counting: dict[tuple[str, str], Run] = {}
    for run_id, job, partition, status, _ in sorted(rows, key=_weight, reverse=True):
        counting.setdefault((job, partition or ""), Run(run_id, job, partition or "", status))
    return list(counting.values())


def _weight(row: tuple[str, str, str | None, str, float | None]) -> tuple[bool, float]:
    *_, status, ended = row
    return status in AT_WORK, math.inf if ended is None else ended
