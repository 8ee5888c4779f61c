"""Boxes made fit for intake: clipped to their image, and without what is no box in it."""

import math
import re
from collections.abc import Iterable
from typing import Any

CORNERS = ("x1", "y1", "x2", "y2")
KINDS = ("false_positive", "missed", "wrong_class", "bad_box")
NAMING = ("missed", "wrong_class")
"""The verdicts that say nothing without the right class."""

MAX_PREDICTIONS = 500
"""An event of so many boxes stays below feedback.max_event_bytes however long their labels are."""

ROUNDING = 0.01
"""A confidence may lie so far outside of 0 to 1, as half precision can bring it there."""

Box = dict[str, Any]


def predictions(boxes: Iterable[Box], width: int, height: int) -> tuple[list[Box], int]:
    """Boxes with label, confidence and corners, fit for an image of that size in pixels; and how many were clipped.

    Of too many the surest stay.
    """
    pairs = [(box, made) for box in boxes if (made := _prediction(box, width, height))]
    fit = sorted(pairs, key=lambda pair: -pair[1]["confidence"])[:MAX_PREDICTIONS]
    clipped = sum(any(made[name] != number(box[name]) for name in ("confidence", *CORNERS)) for box, made in fit)
    return [made for _, made in fit], clipped


def verdict(box: Box, width: int, height: int) -> Box | None:
    """A box with kind, label and corners, fit for an image of that size; None where it is no verdict."""
    corners, kind, label = _corners(box, width, height), box.get("kind"), box.get("label")
    if corners is None or kind not in KINDS or not (is_name(label) or (label is None and kind not in NAMING)):
        return None
    return {"kind": str(kind), "label": None if label is None else str(label), **corners}


def is_name(text: Any) -> bool:
    """Whether intake takes the text as a class, a source, a version or a domain."""
    return isinstance(text, str) and re.fullmatch(r"[^\x00-\x1f\x7f/\\\ud800-\udfff]{1,128}", text) is not None


def number(value: Any) -> float:
    """The value as a float; NaN for what is no number."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _prediction(box: Box, width: int, height: int) -> Box | None:
    corners, sure = _corners(box, width, height), number(box.get("confidence"))
    if corners is None or not (is_name(box.get("label")) and -ROUNDING <= sure <= 1 + ROUNDING):
        return None
    return {"label": str(box["label"]), "confidence": min(max(sure, 0.0), 1.0), **corners}


def _corners(box: Box, width: int, height: int) -> dict[str, float] | None:
    x1, y1, x2, y2 = (number(box.get(name)) for name in CORNERS)
    if not all(map(math.isfinite, (x1, y1, x2, y2))):
        return None
    x1, y1, x2, y2 = max(x1, 0.0), max(y1, 0.0), min(x2, float(width)), min(y2, float(height))
    return dict(zip(CORNERS, (x1, y1, x2, y2), strict=True)) if x1 < x2 and y1 < y2 else None
