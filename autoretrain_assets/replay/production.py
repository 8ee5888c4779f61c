"""A day of production: the model that is released looks at the day's images, and sends what it should."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from autoretrain_assets.boxes import Box
from autoretrain_assets.config import Settings
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.production import write_event
from autoretrain_assets.release import registry
from autoretrain_assets.replay.operator import OperatorSettings
from autoretrain_assets.replay.traffic import events
from autoretrain_assets.yolo.predict import PredictOptions, predict
from autoretrain_assets.yolo.weights import load

CONFIDENCE = 0.05
"""Production reports boxes down to here, for what is unsure shows only below what it uses."""


def report_day(home: Home, images: pl.DataFrame, operator: OperatorSettings) -> int:
    """Put the day's events into the inbox; returns how many production sent."""
    release = registry.current(home.store)
    if release is None:
        raise InputError("there is no production model: release one first.")
    predictions = _predictions(home, release, images["path"].to_list())
    sent = events(images, predictions, release.version, operator, home.settings.seed)
    for event, path in sent:
        write_event(home.inbox, event, Path(path), Path(path).suffix)
    return len(sent)


def options(settings: Settings) -> PredictOptions:
    """As the home measures, or drift would find what only the post-processing changed."""
    return replace(PredictOptions.of(settings), confidence=CONFIDENCE)


def _predictions(home: Home, release: registry.Release, paths: Sequence[str]) -> dict[str, list[Box]]:
    """As serving does it: with the weights that the production folder holds."""
    weights = home.production.resolve() / "weights.pt"
    model = load(weights, release.weights_sha256, home.settings.training.threads)
    table = predict(model, {path: Path(path) for path in paths}, options(home.settings))
    return {path: [Box(**box) for box in boxes] for path, boxes in table.iter_rows()}
