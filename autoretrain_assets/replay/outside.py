"""Measure models on images that the loop never saw: the only honest word on whether it helped."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from autoretrain_assets import checkpoints
from autoretrain_assets.evaluation.metrics import measure
from autoretrain_assets.home import Home
from autoretrain_assets.replay.outcome import Outside
from autoretrain_assets.yolo.predict import PredictOptions, predict


def measure_outside(home: Home, versions: Sequence[str], images: pl.DataFrame) -> dict[str, Outside]:
    """The figures of each version on every domain of `images` (path, width, height, boxes, domain)."""
    return {version: figures(home, checkpoints.load(home, version), images) for version in versions}


def figures(home: Home, model: Any, images: pl.DataFrame) -> Outside:
    """mAP50 and mAP50-95 of a loaded model on every domain of `images`."""
    truth = images.with_columns(sha256=pl.col("path"))
    predictions = predict(model, {path: Path(path) for path in truth["path"]}, PredictOptions.of(home.settings))
    slices = truth.select("sha256", slice="domain")
    table = measure("outside", truth, predictions, slices, home.classes, home.settings.evaluation)
    overall = table.filter(pl.col("label").is_null() & pl.col("slice").is_in(truth["domain"].unique().implode()))
    return {row["slice"]: {"map50": row["map50"], "map": row["map50_95"]} for row in overall.iter_rows(named=True)}
