"""The events that a day takes, and the table that they are: by columns, since rows of dicts cost ten times as much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from autoretrain_assets.feedback.event import Event, Prediction, Verdict
from autoretrain_assets.images import ImageFacts
from autoretrain_assets.schema import BOX, RAW_FEEDBACK, VERDICT, conform

Row = dict[str, Any]

SAID = ("event_id", "source", "domain", "model_version", "trigger", "probability")
MEASURED = ("width", "height", "phash", "brightness", "contrast", "sharpness")
LISTS = {"predictions": BOX, "verdicts": VERDICT}


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that is accepted, and what its image is. Its boxes stick out of it by no more than the tolerance."""

    event: Event
    sha256: str
    facts: ImageFacts


def table_of(taken: Sequence[Taken]) -> pl.DataFrame:
    """The events as rows of schema.RAW_FEEDBACK, in their order, with their boxes clipped to their images."""
    events = [one.event for one in taken]
    columns: dict[str, list[Any]] = {name: [getattr(event, name) for event in events] for name in SAID}
    columns |= {name: [getattr(one.facts, name) for one in taken] for name in MEASURED}
    columns |= {"sha256": [one.sha256 for one in taken]}
    rows = pl.DataFrame(columns, schema={name: RAW_FEEDBACK[name] for name in columns}).with_row_index("at")
    # polars takes times with a zone one by one
    times = pl.Series("captured_at", [event.captured_at.replace(tzinfo=None) for event in events], pl.Datetime("us"))
    rows = rows.with_columns(times.dt.replace_time_zone("UTC"))
    for name in LISTS:
        boxes = _lists(name, [getattr(event, name) for event in events], rows)
        rows = rows.join(boxes, on="at", how="left", maintain_order="left").with_columns(pl.col(name).fill_null([]))
    return conform(rows, RAW_FEEDBACK)


def row_of(taken: Taken) -> Row:
    """The event's row of the table."""
    return table_of([taken]).row(0, named=True)


def _lists(name: str, boxes: Sequence[Sequence[Prediction | Verdict]], rows: pl.DataFrame) -> pl.DataFrame:
    """The lists that are not empty, as a column `name` beside their place `at`."""
    fields = LISTS[name].to_schema()
    columns = {field: [getattr(box, field) for some in boxes for box in some] for field in fields}
    at = np.repeat(np.arange(len(boxes), dtype=np.uint32), [len(some) for some in boxes])
    width, height = (rows[side].cast(pl.Float64).gather(at) for side in ("width", "height"))
    inside = [pl.col("x1", "y1").clip(0), pl.col("x2").clip(None, width), pl.col("y2").clip(None, height)]
    flat = (
        pl.DataFrame(columns, schema=fields)
        .with_columns(inside)
        .select(pl.Series("at", at).set_sorted(), pl.struct(*fields).alias(name))
    )
    return flat.group_by("at", maintain_order=True).agg(name)
