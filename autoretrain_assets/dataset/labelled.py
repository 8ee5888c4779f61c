"""What every format of labelled data becomes: a row an image, with boxes in pixels of the image as a model sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from PIL import Image, ImageOps

from autoretrain_assets.errors import InputError
from autoretrain_assets.images import UNREADABLE
from autoretrain_assets.schema import BOX, BOXES, Columns

SLACK = 0.01
"""A box may leave its image by this part of a side, for the rounding of whoever wrote it; it is clipped."""

ROW: Columns = {"path": pl.String, "width": pl.Int32, "height": pl.Int32, "boxes": BOXES}

Corners = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A data set: its classes, its images as a table of ROW, and which of them were held out from training."""

    classes: Sequence[str]
    images: pl.DataFrame
    held_out: frozenset[str]


def image_size(path: Path) -> tuple[int, int]:
    """Width and height in pixels after EXIF rotation; raises InputError where it is no image."""
    try:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image).size
    except (*UNREADABLE, Image.DecompressionBombError) as error:
        raise InputError(f"{path} cannot be read as an image: {error}") from None


def box(label: str, corners: Corners, size: tuple[int, int], where: str) -> dict[str, Any]:
    """A box as a row's struct, clipped; `corners` are x1, y1, x2, y2 in pixels, `where` its file and field.

    Raises InputError where it has no area or lies outside of an image of that size (width, height).
    """
    x1, y1, x2, y2 = corners
    width, height = size
    if not (x1 < x2 and y1 < y2):
        raise InputError(f"{where}: the box has no area: give it one, or delete it.")
    out = max(-x1 / width, -y1 / height, x2 / width - 1, y2 / height - 1)
    if out > SLACK or min(width - x1, height - y1, x2, y2) <= 0:
        raise InputError(f"{where}: the box lies outside the image of {width} x {height} pixels.")
    inside = (label, max(0.0, x1), max(0.0, y1), min(float(width), x2), min(float(height), y2), None)
    return dict(zip((field.name for field in BOX.fields), inside, strict=True))


def row(path: Path, size: tuple[int, int], boxes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """An image as a row of ROW; equal boxes are one."""
    once = {tuple(each.values()): each for each in boxes}
    return {"path": str(path), "width": size[0], "height": size[1], "boxes": list(once.values())}


def class_of(name: str, classes: Sequence[str], where: str) -> str:
    """The name itself; raises InputError where the model does not know it."""
    if name not in classes:
        raise InputError(f"{where}: {name!r} is none of the model's classes {', '.join(classes)}: rename or delete it.")
    return name


def inside(folder: Path, name: str, where: str) -> Path:
    """The image `name` below `folder`; raises InputError where it is elsewhere, or is not there."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{where}: {name!r} leads out of {folder}: name a file below it.")
    if not path.is_file():
        raise InputError(f"{where}: the image {path} does not exist: name its folder by --images.")
    return path.absolute()
