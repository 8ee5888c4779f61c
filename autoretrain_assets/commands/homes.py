"""A home is made."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from autoretrain_assets import founding
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_assets.triggers import Verdict


def make_home(
    root: Path, weights: Path, data: Path | None, overrides: Sequence[str], images: Path | None = None
) -> Iterator[str]:
    """A home for the model in production and the data that it was trained on; `images`: where a COCO file's lie.

    It is one once its settings are written, after all that can be refused: what breaks off before can be repeated.
    Without data the model serves at once, and is first measured on the first days that people label: the first
    dataset version is made of them, when enough is labelled for a retraining.
    """
    settings = parse_settings("", overrides, name="--set")
    if data is not None and not data.exists():
        raise InputError(f"{data} does not exist: name a YOLO data.yaml, a COCO .json or a Pascal VOC folder.")
    _, classes = founding.loaded(weights)
    labelled = None
    if data is not None:
        names, labelled = owners_data(data, classes, images)
        founding.verify_classes(weights, classes, names)
    dataset = settings.dataset.model_copy(update={"classes": classes})
    home = founding.to_be_made(root, settings.model_copy(update={"dataset": dataset}))
    if labelled is not None:
        yield from _first_version(home, labelled)
    founding.adopt(home, weights)
    home = founding.lay_out(root, home.settings)
    yield f"{home.root}: settings in autoretrain.yaml, events go into inbox/"
    if labelled is None:
        needed = home.settings.retrain.min_new_labels
        yield f"{founding.FIRST}: in production; measured on the first {needed} images that people label"
        return
    with opened(home) as loop:
        loop.retrain(founding.FIRST, Verdict(None, "the home was made"))
    yield f"{founding.FIRST}: in production, measured: {home.reports / (founding.FIRST + '.html')}"


def _first_version(home: Home, images: pl.DataFrame) -> Iterator[str]:
    founded = founding.first_version(home, images)
    yield f"{founding.FIRST}: {images.height} images, {len(home.classes)} classes"
    if founded.seen:
        yield f"{founding.FIRST}: left out {founded.seen} test images that look like train images"
