"""How far two people's boxes of one image agree, and any two annotators over the images that both labelled.

The measure is F1: twice the boxes that have a partner, over all boxes of both. It is the same whoever comes first,
and needs no count of what neither drew, which boxes do not have (Hripcsak and Rothschild 2005, "Agreement, the
F-measure, and reliability in information retrieval", JAMIA 12:296-298).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from autoretrain_assets.boxes import Array, iou
from autoretrain_assets.labeling.base import UNKNOWN
from autoretrain_assets.words import floored, many

MATCH_IOU = 0.5
_CORNERS = ("x1", "y1", "x2", "y2")
_PAIRS = {"one": pl.String, "other": pl.String, "images": pl.UInt32, "agreement": pl.Float64}

Row = Mapping[str, Any]


def f1(left: Sequence[Row], right: Sequence[Row], match_iou: float = MATCH_IOU) -> float:
    """From 0 (nothing alike) to 1 (all alike, or nothing drawn by both), of boxes as rows hold them, in pixels.

    Partners share the class and overlap by `match_iou` at least; each box has one at most.
    """
    drawn = len(left) + len(right)
    if not drawn:
        return 1.0
    labels = {box["label"] for box in left} & {box["label"] for box in right}
    partners = sum(_partners(_corners(left, label), _corners(right, label), match_iou) for label in labels)
    return 2 * partners / drawn


def by_annotators(annotations: pl.DataFrame) -> pl.DataFrame:
    """one, other, images, agreement: the mean F1 of any two annotators, over the images that both answered.

    `annotations` has sha256, annotator, finished_at and boxes; where one answered an image more than once, the
    newest answer counts. An image has answers of two where it was in two tasks. Who is UNKNOWN may be the other.
    """
    answers = (
        annotations.filter(pl.col("annotator") != UNKNOWN)
        .filter(pl.col("sha256").is_duplicated())
        .select("sha256", "annotator", "finished_at", "boxes")
        .sort("finished_at")
        .unique(["sha256", "annotator"], keep="last")
    )
    both = answers.join(answers, on="sha256", suffix="_other").filter(pl.col("annotator") < pl.col("annotator_other"))
    alike = [f1(*boxes) for boxes in both.select("boxes", "boxes_other").iter_rows()]
    return (
        both.select(one="annotator", other="annotator_other")
        .with_columns(alike=pl.Series(alike, dtype=pl.Float64))
        .group_by("one", "other")
        .agg(images=pl.len(), agreement=pl.col("alike").mean())
        .cast(_PAIRS)  # type: ignore[arg-type]
        .sort("one", "other")
    )


def told(pairs: pl.DataFrame, least: float) -> Iterator[str]:
    """A sentence for each pair of by_annotators who agree by less than `least`, and the way out."""
    for row in pairs.filter(pl.col("agreement") < least).iter_rows(named=True):
        yield (
            f"{row['one']} and {row['other']} agree by {floored(row['agreement'])} on {many(row['images'], 'image')} "
            f"that both labelled, and labeling.min_agreement asks for {least:g}: let them look at these together and "
            "settle what is to be drawn"
        )


def _partners(left: Array, right: Array, match_iou: float) -> int:
    """As many pairs as there can be, and of so many those that overlap most: the assignment problem (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment  # it takes a while to import, and few images have two answers

    overlap = iou(left, right)
    may = overlap >= match_iou
    worth = np.where(may, 1 + overlap / (1 + min(overlap.shape)), 0)
    return int(may[linear_sum_assignment(worth, maximize=True)].sum())


def _corners(boxes: Iterable[Row], label: str) -> Array:
    return np.array([[box[corner] for corner in _CORNERS] for box in boxes if box["label"] == label], dtype=np.float64)
