"""The page of a replay: every version, its decision, and what the models see on images that the loop never saw."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import polars as pl
from jinja2 import Environment, StrictUndefined

from autoretrain_assets import checkpoints
from autoretrain_assets.evaluation.report import style
from autoretrain_assets.files import write_text
from autoretrain_assets.home import Home
from autoretrain_assets.pictures import Tile, colour, data_uri, sheet
from autoretrain_assets.replay.outcome import Outcome
from autoretrain_assets.yolo.predict import PredictOptions, predict

IMAGES_PER_DOMAIN = 2


def write_page(home: Home, outcome: Outcome, outside: pl.DataFrame) -> Path:
    """Write the page into the home; returns its path."""
    template = resources.files("autoretrain_assets.replay").joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = environment.from_string(template).render(
        style=style(),
        outcome=outcome.as_json(),
        domains=list(outcome.first_outside),
        pictures=_strips(home, outcome, outside),
        classes=[(name, colour(name, home.classes)) for name in home.classes],
    )
    target = home.root / "replay.html"
    write_text(target, text)
    return target


def _strips(home: Home, outcome: Outcome, outside: pl.DataFrame) -> list[tuple[str, str]]:
    """A few images of every domain, as each version sees them, beside the truth."""
    spread = pl.int_range(pl.len()).over("domain") % (pl.len().over("domain") // IMAGES_PER_DOMAIN).clip(1)
    some = (
        outside.sort("domain", "path")
        .filter(spread == 0)
        .group_by("domain", maintain_order=True)
        .head(IMAGES_PER_DOMAIN)
    )
    versions = [outcome.first_version, *(one.version for one in outcome.rounds)]
    seen = {version: _seen(home, version, some["path"].to_list()) for version in versions}
    strips = []
    for row in some.iter_rows(named=True):
        tiles = [Tile(Path(row["path"]), boxes[row["path"]], version) for version, boxes in seen.items()]
        tiles.append(Tile(Path(row["path"]), row["boxes"], "truth"))
        strips.append((row["domain"], data_uri(sheet(tiles, home.classes, columns=len(tiles), side=220))))
    return strips


def _seen(home: Home, version: str, paths: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    settings = home.settings
    options = PredictOptions(
        settings.training.imgsz, settings.evaluation.operating_confidence, device=settings.training.device
    )
    return dict(predict(checkpoints.load(home, version), {path: Path(path) for path in paths}, options).iter_rows())
