"""Measure models on images that the loop never saw: the only honest word on whether it helped."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from autoretrain_assets.evaluation.metrics import measure
from autoretrain_assets.home import Home
from autoretrain_assets.replay.outcome import Outside
from autoretrain_assets.store import artifacts
from autoretrain_assets.yolo.predict import PredictOptions, predict
from autoretrain_assets.yolo.weights import load


def measure_outside(home: Home, versions: Sequence[str], images: pl.DataFrame) -> dict[str, Outside]:
    """For each version its mAP50 and mAP50-95 on every domain of `images` (path, width, height, boxes, domain)."""
    truth = images.with_columns(sha256=pl.col("path"))
    slices = truth.select("sha256", slice="domain")
    return {version: _figures(home, version, truth, slices) for version in versions}


def _figures(home: Home, version: str, truth: pl.DataFrame, slices: pl.DataFrame) -> Outside:
    settings = home.settings
    record = artifacts.read_json(home.store, version, "record.json")
    weights = artifacts.fetch(home.store, version, "weights.pt", home.work / "models")
    model = load(weights, record["weights_sha256"], settings.training.threads)
    options = PredictOptions.of(settings)
    paths: Mapping[str, Path] = {path: Path(path) for path in truth["path"]}
    figures = measure(version, truth, predict(model, paths, options), slices, home.classes, settings.evaluation).filter(
        pl.col("label").is_null() & ~pl.col("slice").str.starts_with("size:")
    )
    return {row["slice"]: {"map50": row["map50"], "map": row["map50_95"]} for row in figures.iter_rows(named=True)}
