"""The page of a version in the home, and its pictures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from autoretrain_assets import checkpoints
from autoretrain_assets.evaluation import stored
from autoretrain_assets.evaluation.report import page
from autoretrain_assets.files import write_text
from autoretrain_assets.home import Home
from autoretrain_assets.pictures import Tile, colour, data_uri, sheet
from autoretrain_assets.store import artifacts

PICTURES = "pictures.json"


def before_and_after(place: Home, images: Sequence[str], tables: Mapping[str, pl.DataFrame]) -> list[tuple[str, str]]:
    """A strip for each image, one picture a table (its name, and its boxes by sha256), as captions and addresses."""
    by_name = {name: dict(table.select("sha256", "boxes").iter_rows()) for name, table in tables.items()}
    strips = []
    for sha256 in images:
        path = place.frames.path(sha256)
        tiles = [Tile(path, boxes.get(sha256, []), name) for name, boxes in by_name.items()]
        strips.append(
            (f"{sha256[:12]}: {', '.join(by_name)}", data_uri(sheet(tiles, place.classes, columns=3, side=300)))
        )
    return strips


def write_page(place: Home, version: str, decision: Mapping[str, Any] | None) -> Path:
    """Write the page of a version into the home's reports."""
    record = checkpoints.record(place, version)
    pictures = json.loads(artifacts.read(place.store, version, PICTURES))
    text = page(
        stored.read(place.store, version),
        pictures=[(caption, address) for caption, address in pictures],
        training=_facts(record),
        classes=[(name, colour(name, place.classes)) for name in place.classes],
        decision=decision,
        adopted=checkpoints.is_adopted(record),
    )
    target = place.reports / f"{version}.html"
    write_text(target, text)
    return target


def _facts(record: Mapping[str, Any]) -> dict[str, Any]:
    recipe = record.get("recipe", {})
    return {
        "fine-tuned from": record["parent_version"] or "no production model",
        "images trained on": record["images"],
        "training took": f"{record['seconds']:.0f} s",
        "dataset commit": record.get("dataset_commit", "–"),
        "manifest hash": record.get("manifest_hash", "–"),
        "weights sha256": record["weights_sha256"],
        "recipe": ", ".join(f"{name} {value}" for name, value in recipe.items() if name != "weights_sha256")
        or "taken as it was",
        "made with": ", ".join(f"{name} {value}" for name, value in record.get("versions", {}).items()) or "–",
    }
