"""What an asset's page shows: tables as markdown, pictures and curves in place."""

import hashlib
from collections.abc import Sequence
from typing import Any

import dagster as dg
import polars as pl

from autoretrain_assets.home import Home
from autoretrain_assets.pictures import Tile, data_uri, sheet

PICTURES = 8


def table(frame: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """A table as markdown; figures to three places."""
    if frame.is_empty():
        return dg.MetadataValue.md("nothing")
    columns = [frame[name].dtype.is_numeric() for name in frame.columns]
    lines = [_line(frame.columns), _line(["---:" if numeric else "---" for numeric in columns])]
    return dg.MetadataValue.md("\n".join([*lines, *(_line(row) for row in frame.iter_rows())]))


def pictures(images: pl.DataFrame, place: Home) -> dg.MarkdownMetadataValue:
    """A few of the images (sha256, source, captured_at, boxes), the same ones each time, with their boxes.

    Of a model's boxes those that production would show; a person's have no confidence and are all there.
    """
    if images.is_empty():
        return dg.MetadataValue.md("no image")
    order = [hashlib.sha256(sha256.encode()).hexdigest() for sha256 in images["sha256"]]
    some = images.with_columns(_order=pl.Series(order)).sort("_order").head(PICTURES).sort("source", "captured_at")
    confidence = pl.element().struct.field("confidence").fill_null(1.0)
    shown = some.with_columns(
        boxes=pl.col("boxes").list.filter(confidence >= place.settings.evaluation.operating_confidence)
    )
    tiles = [
        Tile(place.frames.path(row["sha256"]), row["boxes"], f"{row['source']}  {row['captured_at']:%d %b %H:%M}")
        for row in shown.iter_rows(named=True)
    ]
    return picture(sheet(tiles, place.classes), "pictures")


def picture(content: bytes, text: str) -> dg.MarkdownMetadataValue:
    """One picture in place."""
    return dg.MetadataValue.md(f"![{text}]({data_uri(content)})")


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value).replace("|", "\\|").replace("\n", " ")
