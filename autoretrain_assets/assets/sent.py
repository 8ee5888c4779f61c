"""What a day's tasks look like on their asset's page: each job with a link to it, and what was sent and why."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from autoretrain_assets.assets import showing
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import Part, Progress, Task

SHOWN = 50
"""Jobs that are listed; a page is no place for more."""


def metadata(place: Home, tasks: pl.DataFrame, samples: pl.DataFrame) -> Mapping[str, Any]:
    """The jobs of `tasks` (schema.CVAT_TASKS) as they are now, and pictures of the `samples` in them."""
    inside = samples.filter(pl.col("sha256").is_in(tasks["images"].explode(empty_as_null=True).drop_nulls().implode()))
    sent = inside.with_columns(boxes="predictions", caption=pl.col("reasons").list.join(", "))
    return {**_jobs(place, tasks), "what was sent, and why": showing.pictures(sent, place)}


def _jobs(place: Home, tasks: pl.DataFrame) -> Mapping[str, Any]:
    """Nothing where the backend has no jobs, or does not answer just now: the labels do not hang on it."""
    opened = [Task.of(row) for row in tasks.filter(pl.col("state") == "open").iter_rows(named=True)]
    try:
        found = place.labeling.progress_of(opened)
    except LabelingError as error:
        return {"jobs": f"cannot be asked about: {error}"}
    parts = [part for one in found.values() if isinstance(one, Progress) for part in one.parts]
    if not parts:
        return {}
    name = f"jobs, the first {SHOWN} of {len(parts)}" if len(parts) > SHOWN else "jobs"
    return {name: showing.linked(pl.DataFrame(list(_rows(parts))))}


def _rows(parts: list[Part]) -> Iterator[Mapping[str, Any]]:
    for part in parts[:SHOWN]:
        yield {
            "task": f"[{part.task}]({part.task_url})",
            "job": f"[{part.job}]({part.url})",
            "assignee": part.assignee or None,
            "state": part.state,
            "images": part.images,
        }
