"""What an asset's page shows: tables and pictures, in place where Dagster can."""

import base64
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from PIL import Image

from autoretrain_assets import version_images
from autoretrain_assets.files import write_bytes
from autoretrain_assets.home import Home
from autoretrain_assets.pictures import Tile, data_uri, jpeg, sheet

PICTURES, COLUMNS = 6, 3
WIDTH = 480
"""Pixels that an asset's page has for a value on a laptop."""
IN_PLACE = 1000
"""Dagster's pages put markdown of this many characters or more behind a link."""
FOLDER = "pictures"
ARROW = "→"
"""Without spaces, so that four columns fit and no line breaks within one."""
DIGITS = 16
"""Of a hash, to be known again by: all of it is wider than the page."""


def table(frame: pl.DataFrame) -> dg.MetadataValue[Any]:
    """A table, figures to three places: as markdown where it is short enough to be shown in place."""
    if frame.is_empty():
        return dg.MetadataValue.md("nothing")
    shown = linked(frame)
    if len(shown.md_str or "") < IN_PLACE:
        return shown
    rows = ([_cell(value) for value in row] for row in frame.iter_rows())
    return dg.MetadataValue.table([dg.TableRecord(dict(zip(frame.columns, row, strict=True))) for row in rows])


def linked(frame: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """A table as markdown, however long: the links in it can be followed."""
    rows = [[_cell(value) for value in row] for row in frame.iter_rows()]
    rules = ["--:" if frame[name].dtype.is_numeric() else "--" for name in frame.columns]
    return dg.MetadataValue.md("\n".join(_line(cells) for cells in [frame.columns, rules, *rows]))


def went(before: str, after: str, places: int = 3) -> pl.Expr:
    """Two figures as one text, "0.291→0.930"; the later one alone where none came before."""
    first, then = (pl.col(name).round(places).cast(pl.Decimal(38, places)).cast(pl.String) for name in (before, after))
    return pl.coalesce(pl.concat_str(first, pl.lit(ARROW), then.fill_null("–")), then)


def digest(sha256: str) -> str:
    """The start of a hash."""
    return f"{sha256[:DIGITS]}…"


def commit(place: Home, identifier: str) -> dg.MetadataValue[Any]:
    """A commit of the store: a link to its page where there is one, whose address is wider than Dagster's page."""
    page = place.store_page(identifier)
    return dg.MetadataValue.md(f"[{digest(identifier)}]({page})") if page else dg.MetadataValue.text(identifier)


def sentences(texts: Iterable[str]) -> dg.MarkdownMetadataValue:
    """The sentences as a list."""
    return dg.MetadataValue.md("\n".join(f"- {text}" for text in texts))


def pictures(images: pl.DataFrame, place: Home) -> dg.MarkdownMetadataValue:
    """A few of the images (sha256, source, captured_at, boxes), the same ones each time, with their boxes.

    Below each stands its `caption`, where there is that column, or its source and time. What is in no folder and in
    no version any more is left out.
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
    paths = version_images.at_hand(place, shown["sha256"])
    tiles = [
        Tile(paths[row["sha256"]], row["boxes"], row.get("caption") or _taken(row))
        for row in shown.iter_rows(named=True)
        if row["sha256"] in paths
    ]
    if not tiles:
        return dg.MetadataValue.md("their images are gone: restore frames/ from a backup")
    return picture(sheet(tiles, place.classes, COLUMNS, WIDTH // COLUMNS - 8), "some of the images")


def picture(content: bytes, text: str) -> dg.MarkdownMetadataValue:
    """One picture."""
    return dg.MetadataValue.md(f"![{text}]({_address(content)})")


def strips(addresses: Sequence[str], text: str) -> dg.MarkdownMetadataValue:
    """A line of text and pictures below it; `addresses` hold them (data_uri), and may be wider than the page."""
    contents = [_narrowed(base64.b64decode(address.partition(",")[2])) for address in addresses]
    return dg.MetadataValue.md("\n\n".join([text, *(f"![{text}]({_address(content)})" for content in contents)]))


def _address(content: bytes) -> str:
    """Where a page finds the picture: among the logs, which Dagster's webserver serves from its own home.

    An address that holds the picture itself works too, but is too long to be shown in place, and each page
    that lists an asset's history would load all of them. It is for logs that are kept elsewhere, or nowhere.
    """
    logs = dg.AssetExecutionContext.get().instance.compute_log_manager
    if not isinstance(logs, LocalComputeLogManager):
        return data_uri(content)
    name = hashlib.sha256(content).hexdigest()[:32]
    write_bytes(Path(logs.get_captured_local_path([FOLDER, name], "jpg")), content)
    return f"/logs/{FOLDER}/{name}/jpg"


def _narrowed(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        if image.width <= WIDTH:
            return content
        return jpeg(image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS))


def _taken(row: dict[str, Any]) -> str:
    return f"{row['source']}  {row['captured_at']:%d %b %H:%M}"


def _line(cells: Sequence[str]) -> str:
    return "|" + "|".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + "|"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if value == 0 or abs(value) >= 0.001 else f"{value:.0e}"  # noqa: PLR2004
    if isinstance(value, datetime):
        return f"{value:%d %b %Y, %H:%M}"
    return str(value)
