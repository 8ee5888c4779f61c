"""A labelled dataset as days of production: when each image was seen, and which of them production reports."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import polars as pl

from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import InputError
from autoretrain_assets.replay.operator import OperatorSettings, verdicts
from autoretrain_assets.schema import UTC_TIME

UNSURE = (0.15, 0.55)
DAY_SECONDS = 86_400
STEP_SECONDS = 2.0


def schedule(images: pl.DataFrame, first: date, days: int, gap_seconds: float, seed: int) -> pl.DataFrame:
    """`images` with captured_at and day: a group's images follow each other, groups lie apart by more than the gap.

    The groups of a source are shuffled and dealt over the days. Raises InputError where a day has no room.
    """
    rng = np.random.default_rng(seed)
    groups = images.group_by("source", "group", maintain_order=True).agg(size=pl.len()).sort("source", "group")
    order = pl.Series("order", rng.permutation(groups.height))
    placed = (
        groups.with_columns(order)
        .sort("source", "order")
        .with_columns(number=pl.int_range(pl.len()).over("source"))
        .with_columns(day=pl.col("number") % days, turn=pl.col("number") // days)
    )
    step, room = min(STEP_SECONDS, gap_seconds / 2), _room(placed, days, gap_seconds)
    start = datetime.combine(first, time(), UTC)
    ordered = images.sort("source", "group", "path").with_columns(_at=pl.int_range(pl.len()).over("source", "group"))
    seconds = pl.col("day") * DAY_SECONDS + pl.col("turn") * room + pl.col("_at") * step
    return (
        ordered.join(placed.select("source", "group", "day", "turn"), on=["source", "group"], maintain_order="left")
        .with_columns(
            captured_at=(pl.lit(start) + pl.duration(microseconds=(seconds * 1e6).cast(pl.Int64))).cast(UTC_TIME)
        )
        .with_columns(day=pl.col("captured_at").dt.date())
        .drop("_at", "turn")
        .sort("captured_at", "path")
    )


def _room(placed: pl.DataFrame, days: int, gap_seconds: float) -> float:
    """The seconds from one scene of a source to its next."""
    turns, largest = placed.select(pl.col("turn").max() + 1, pl.col("size").max()).row(0)
    room = DAY_SECONDS / float(turns)
    if float(largest) * min(STEP_SECONDS, gap_seconds / 2) + gap_seconds + 1 > room:
        raise InputError(
            f"{placed.height} scenes of up to {largest} images do not fit into {days} days "
            f"with pauses of {gap_seconds:g} s: give --days more, or set scenes.gap_seconds lower."
        )
    return room


def events(
    images: pl.DataFrame,
    predictions: Mapping[str, Sequence[Box]],
    model_version: str,
    operator: OperatorSettings,
    seed: int,
) -> list[tuple[dict[str, Any], str]]:
    """What production reports of these images: events, each with the path of its image.

    A coin decides first, so that the random sample is a fair one; of the rest an image is sent when an operator
    reported something or a box is unsure, and otherwise not at all.
    """
    drafts = [
        _event(row, predictions.get(row["path"], ()), model_version, operator, seed)
        for row in images.iter_rows(named=True)
    ]
    return [(event, path) for event, path in drafts if event["trigger"] is not None]


def _event(
    row: Mapping[str, Any], predictions: Sequence[Box], version: str, operator: OperatorSettings, seed: int
) -> tuple[dict[str, Any], str]:
    name = f"{row['source']}/{row['captured_at'].isoformat()}/{row['path'].rpartition('/')[2]}/{version}"
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    random = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    at_random = bool(random.uniform() < operator.random_share)
    found = verdicts([Box(**box) for box in row["boxes"]], predictions, operator, random)
    event = {
        "event_id": digest.hex()[:24],
        "captured_at": row["captured_at"].isoformat(),
        "source": row["source"],
        "domain": row["domain"],
        "model_version": version,
        "trigger": "random" if at_random else _trigger(found, predictions),
        "probability": operator.random_share if at_random else None,
        "predictions": [box.as_row() for box in predictions],
        "verdicts": found,
    }
    return event, row["path"]


def _trigger(found: Sequence[Any], predictions: Sequence[Box]) -> str | None:
    if found:
        return "operator"
    unsure = any(UNSURE[0] <= (box.confidence or 0) <= UNSURE[1] for box in predictions)
    return "uncertain" if unsure else None
