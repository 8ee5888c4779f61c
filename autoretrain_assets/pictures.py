"""Pictures of images with their boxes: for the pages of assets and reports."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from autoretrain_assets.image_files import upright

PALETTE = ("#e4572e", "#17bebb", "#ffc914", "#8e6c8a", "#76b041", "#2e86ab", "#f18f01", "#c73e1d", "#5f0f40", "#a1cf6b")
"""A colour a class, in the classes' order, again from the start after ten."""
MAT, INK, SOFT = "#1f2226", "#e8eaed", "#9aa0a6"
"""What pictures lie on: dark, so that they have no glaring frame on a dark page and look meant on a light one."""
GAP = 6
LEGEND = 20
"""Pixels of the line below that names the classes in their colours."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One image with boxes as rows hold them (pixels), and a line below."""

    path: Path
    boxes: Sequence[Mapping[str, Any]]
    caption: str = ""


def sheet(tiles: Sequence[Tile], classes: Sequence[str], columns: int = 4, side: int = 240) -> bytes:
    """The tiles in rows, as one JPEG. Each image fits into a square of `side` pixels."""
    drawn = [_tile(tile, classes, side) for tile in tiles]
    rows = [drawn[at : at + columns] for at in range(0, len(drawn), columns)]
    heights = [max(image.height for image in row) for row in rows]
    width = min(columns, len(drawn)) * (side + GAP) + GAP
    page = Image.new("RGB", (width, sum(heights) + GAP * (len(rows) + 1) + LEGEND), MAT)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, image in enumerate(row):
            page.paste(image, (GAP + column * (side + GAP), top))
        top += height + GAP
    _legend(page, classes, top)
    return jpeg(page)


def noted(path: Path, places: Sequence[tuple[str, tuple[float, float, float, float]]]) -> bytes:
    """The image in its own size as a JPEG, with a word at each place (x1, y1, x2, y2 in pixels, upright)."""
    with Image.open(path) as opened:
        image = upright(opened).convert("RGB")
    size = max(12, image.height // 50)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for word, (x1, y1, x2, y2) in places:
        draw.rectangle([x1, y1, x2, y2], outline=PALETTE[0], width=max(2, size // 8))
        draw.text((x1, max(0, y1 - size - 4)), word, fill=PALETTE[0], font=font, stroke_width=1, stroke_fill=MAT)
    return jpeg(image)


def jpeg(image: Image.Image) -> bytes:
    """The image as a JPEG."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def data_uri(picture: bytes) -> str:
    """A JPEG as an address that holds it, so that a page needs no second file."""
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def colour(label: str, classes: Sequence[str]) -> str:
    """The colour of a class."""
    return PALETTE[classes.index(label) % len(PALETTE)] if label in classes else "#999999"


def _legend(page: Image.Image, classes: Sequence[str], top: int) -> None:
    draw, font, left = ImageDraw.Draw(page), ImageFont.load_default(12), GAP
    for name in classes:
        draw.rectangle([left, top + 3, left + 9, top + 12], fill=colour(name, classes))
        draw.text((left + 14, top), name, fill=INK, font=font)
        left += 28 + round(draw.textlength(name, font=font))


def _tile(tile: Tile, classes: Sequence[str], side: int) -> Image.Image:
    with Image.open(tile.path) as opened:
        image = upright(opened).convert("RGB")
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image = image.resize(size, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(image)
    for box in tile.boxes:
        corners = [box["x1"] * scale, box["y1"] * scale, box["x2"] * scale, box["y2"] * scale]
        draw.rectangle(corners, outline=colour(box["label"], classes), width=2)
    return _with_caption(image, tile.caption)


def _with_caption(image: Image.Image, caption: str) -> Image.Image:
    if not caption:
        return image
    page = Image.new("RGB", (image.width, image.height + 18), MAT)
    page.paste(image, (0, 0))
    ImageDraw.Draw(page).text((2, image.height + 3), caption, fill=INK, font=ImageFont.load_default(12))
    return page
