"""Mistakes at the confidence that production uses: what was found, what was missed, what is not there."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autoretrain_assets.boxes import iou
from autoretrain_assets.config.settings import Evaluation

Flags = NDArray[np.bool_]
CORNERS = ("x1", "y1", "x2", "y2")


def false_positives(truth: pl.DataFrame, predictions: pl.DataFrame, settings: Evaluation) -> pl.DataFrame:
    """sha256, label, wrong: how many boxes of a class match no object, for images and classes that have one."""
    flags = matched(truth, predictions, settings)
    wrong = flags.filter(~pl.col("is_truth") & ~pl.col("matched"))
    return wrong.group_by("sha256", "label").len("wrong")


def found(truth: pl.DataFrame, predictions: pl.DataFrame, settings: Evaluation) -> pl.DataFrame:
    """sha256, objects, found, wrong: one row an image of `truth`."""
    flags = matched(truth, predictions, settings)
    counted = flags.group_by("sha256").agg(
        objects=pl.col("is_truth").sum(),
        found=(pl.col("is_truth") & pl.col("matched")).sum(),
        wrong=(~pl.col("is_truth") & ~pl.col("matched")).sum(),
    )
    return truth.select("sha256").join(counted, on="sha256", how="left", maintain_order="left").fill_null(0)


def matched(truth: pl.DataFrame, predictions: pl.DataFrame, settings: Evaluation) -> pl.DataFrame:
    """Every object and every box that production would show, with whether it has a partner of its class.

    Greedy by confidence, one box an object, as COCO matches.
    """
    objects = _flat(truth).with_columns(is_truth=pl.lit(value=True))
    shown = _flat(predictions).filter(pl.col("confidence") >= settings.operating_confidence)
    boxes = shown.sort("confidence", descending=True, maintain_order=True).with_columns(is_truth=pl.lit(value=False))
    both = pl.concat([objects, boxes])
    parts = [
        part.with_columns(matched=pl.Series(_match(part, settings.match_iou), dtype=pl.Boolean))
        for part in both.partition_by("sha256", "label", maintain_order=True)
    ]
    empty = both.clear().with_columns(matched=pl.lit(value=False))
    return pl.concat([empty, *parts])


def _flat(images: pl.DataFrame) -> pl.DataFrame:
    exploded = images.select("sha256", "boxes").explode("boxes", empty_as_null=True).drop_nulls("boxes")
    return exploded.unnest("boxes").select("sha256", "label", *CORNERS, "confidence")


def _match(part: pl.DataFrame, least: float) -> Flags:
    """One image and class, its objects before its boxes: which have a partner."""
    corners = part.select(CORNERS).to_numpy()
    objects = int(part["is_truth"].sum())
    overlaps = iou(corners[objects:], corners[:objects])
    matched = np.zeros(part.height, dtype=bool)
    for box, overlap in enumerate(overlaps):
        free = np.where(matched[:objects], -1.0, overlap)
        if objects and free.max() >= least:
            matched[[int(free.argmax()), objects + box]] = True
    return matched


def telling(before: pl.DataFrame, after: pl.DataFrame, count: int) -> Sequence[str]:
    """The images on which two tables of `found` differ most, best first; ties by name."""
    signed = pl.col("found", "wrong").cast(pl.Int64)  # counts are unsigned, and a loss is below zero
    both = before.with_columns(signed).join(after.with_columns(signed), on="sha256", suffix="_after")
    gained, added = pl.col("found_after") - pl.col("found"), pl.col("wrong_after") - pl.col("wrong")
    change = both.with_columns(change=gained - added)
    order = change.sort(pl.col("change").abs(), "sha256", descending=[True, False])
    return order["sha256"].head(count).to_list()
