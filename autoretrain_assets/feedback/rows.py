"""Accepted events on their way into the day's table: by columns, since rows of dicts cost ten times as much."""

from collections.abc import Sequence
from datetime import UTC
from operator import attrgetter
from typing import Any

import numpy as np
import polars as pl

from autoretrain_assets.feedback.event import Event
from autoretrain_assets.images import ImageFacts
from autoretrain_assets.schema import BOX, RAW_FEEDBACK, VERDICT, conform

_NAMED = ("sha256", "captured_at")
SAID = ("event_id", "source", "domain", "model_version", "trigger", "probability")
MEASURED = ("width", "height", "phash", "brightness", "contrast", "sharpness")
LISTS = {"predictions": BOX, "verdicts": VERDICT}

_said, _measured = attrgetter(*SAID), attrgetter(*MEASURED)
_values = {name: attrgetter(*kind.to_schema()) for name, kind in LISTS.items()}


class Rows:
    """Accepted events, of which only the values are kept: as objects they would take several times the memory."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._boxes: dict[str, list[tuple[Any, ...]]] = {name: [] for name in LISTS}
        self._counts: dict[str, list[int]] = {name: [] for name in LISTS}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def boxes(self) -> int:
        """How many boxes the events have together."""
        return sum(map(len, self._boxes.values()))

    def add(self, event: Event, sha256: str, facts: ImageFacts) -> None:
        """Add an event and what its image is. The boxes may stick out of the image: they are clipped later."""
        captured = event.captured_at.replace(tzinfo=None)  # polars takes times with a zone one by one
        self._rows.append((sha256, captured, *_said(event), *_measured(facts)))
        for name, values in _values.items():
            boxes = getattr(event, name)
            self._boxes[name].extend(map(values, boxes))
            self._counts[name].append(len(boxes))

    def row(self, at: int) -> dict[str, Any]:
        """The event at that place as `table` has it: to make a table of it alone would take a hundred times as long."""
        row = dict(zip((*_NAMED, *SAID, *MEASURED), self._rows[at], strict=True))
        row["captured_at"] = row["captured_at"].replace(tzinfo=UTC)
        for name, kind in LISTS.items():
            start = sum(self._counts[name][:at])
            boxes = self._boxes[name][start : start + self._counts[name][at]]
            said = [dict(zip(kind.to_schema(), box, strict=True)) for box in boxes]
            row[name] = [_inside(box, row["width"], row["height"]) for box in said]
        return row

    def table(self) -> pl.DataFrame:
        """The events as rows of schema.RAW_FEEDBACK, in their order."""
        names = (*_NAMED, *SAID, *MEASURED)
        schema = {name: RAW_FEEDBACK[name] for name in names} | {"captured_at": pl.Datetime("us")}
        rows = _frame(self._rows, schema).with_row_index("at")
        for name in LISTS:
            boxes = self._lists(name, rows)
            rows = rows.join(boxes, on="at", how="left", maintain_order="left").with_columns(pl.col(name).fill_null([]))
        return conform(rows.with_columns(pl.col("captured_at").dt.replace_time_zone("UTC")), RAW_FEEDBACK)

    def _lists(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """The lists that are not empty, as a column `name` beside their place `at`."""
        fields = LISTS[name].to_schema()
        at = np.repeat(np.arange(len(rows), dtype=np.uint32), self._counts[name])
        width, height = (rows[side].cast(pl.Float64).gather(at) for side in ("width", "height"))
        inside = [pl.col("x1", "y1").clip(0), pl.col("x2").clip(None, width), pl.col("y2").clip(None, height)]
        boxes = _frame(self._boxes[name], fields).with_columns(inside)
        placed = boxes.select(pl.Series("at", at).set_sorted(), pl.struct(*fields).alias(name))
        return placed.group_by("at", maintain_order=True).agg(name)


def _inside(box: dict[str, Any], width: int, height: int) -> dict[str, Any]:
    lowest = {name: max(box[name], 0.0) for name in ("x1", "y1")}
    return box | lowest | {"x2": min(box["x2"], float(width)), "y2": min(box["y2"], float(height))}


def _frame(rows: Sequence[tuple[Any, ...]], schema: Any) -> pl.DataFrame:
    """As polars makes it of rows, in a tenth of the time."""
    columns = map(list, zip(*rows, strict=True)) if rows else ([] for _ in schema)
    return pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)
