"""Batches to label, with all that a batch can have."""

from pathlib import Path
from typing import Any

from PIL import Image

from autoretrain_assets import files
from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling.base import Batch, BatchImage, KnownImage, Report

KEY = "2025-06-01-ab12"
SIZE = (64, 48)
CAR = Box("car", 1.25, 2.5, 30.0, 40.0, confidence=0.4)
BUS = Box("bus", 10.0, 10.0, 60.0, 40.0)
MISSED = Report("missed", "bus", 5, 30, 30, 45)


def picture(folder: Path, shade: int) -> Path:
    """An image of one grey."""
    path = folder / f"{shade}.png"
    if not path.exists():
        Image.new("RGB", SIZE, (shade, shade, shade)).save(path)
    return path


def image(folder: Path, shade: int, **more: Any) -> BatchImage:
    """An image to label, with a car that the model saw."""
    path = picture(folder, shade)
    return BatchImage(files.sha256_of(path), path, *SIZE, **{"boxes": [CAR], "reasons": ["uncertain"]} | more)


def known(folder: Path, shade: int, *boxes: Box) -> KnownImage:
    """An image whose labels are known."""
    path = picture(folder, shade)
    return KnownImage(files.sha256_of(path), path, *SIZE, boxes)


def batch(folder: Path, count: int = 5, **more: Any) -> Batch:
    """Of its images the last was reported, one was chosen for no reason, and one has no box."""
    odd: dict[int, dict[str, Any]] = {0: {"boxes": ()}, 1: {"reasons": ()}, count - 1: {"reports": [MISSED]}}
    asked = [image(folder, 10 * (number + 1), **odd.get(number, {})) for number in range(count)]
    return Batch(**{"key": KEY, "name": KEY, "classes": ["car", "bus"], "images": asked} | more)
