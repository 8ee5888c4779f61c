"""Boxes in one convention: x1, y1, x2, y2 in pixels of the image as the model saw it, origin top left.

A box in a table is a struct (label, confidence, x1, y1, x2, y2); a person's box has no confidence.
Arrays of boxes are float64 of shape (n, 4).
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Box:
    """One box of one class; `confidence` is None for a box that a person drew."""

    label: str
    x1: float
    y1: float
    x2: float
    y2: float
    confidence: float | None = None

    def as_row(self) -> dict[str, str | float | None]:
        """The struct that tables hold."""
        return asdict(self)


def from_yolo(centres: Array, width: int, height: int) -> Array:
    """Normalised centre-x, centre-y, width, height of shape (n, 4) to xyxy pixels."""
    scale = np.array([width, height, width, height], dtype=np.float64)
    half = centres[:, 2:] / 2
    corners: Array = np.hstack([centres[:, :2] - half, centres[:, :2] + half]) * scale
    return corners


def to_yolo(xyxy: Array, width: int, height: int) -> Array:
    """Pixels of shape (n, 4) to normalised centre-x, centre-y, width, height."""
    scale = np.array([width, height, width, height], dtype=np.float64)
    size = xyxy[:, 2:] - xyxy[:, :2]
    centres: Array = np.hstack([xyxy[:, :2] + size / 2, size]) / scale
    return centres


def iou(left: Array, right: Array) -> Array:
    """Intersection over union of every pair, of shape (len(left), len(right)); 0 where both are empty."""
    low = np.maximum(left[:, None, :2], right[None, :, :2])
    high = np.minimum(left[:, None, 2:], right[None, :, 2:])
    overlap = np.prod(np.clip(high - low, 0, None), axis=2)
    union = _area(left)[:, None] + _area(right)[None, :] - overlap
    quotient: Array = np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
    return quotient


def _area(boxes: Array) -> Array:
    area: Array = np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)
    return area
