"""Measure models on images that the loop never saw: the only honest word on whether it helped."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from autoretrain_assets.evaluation.metrics import measure
from autoretrain_assets.home import Home
from autoretrain_assets.replay.outcome import Outside
from autoretrain_assets.store import artifacts
from autoretrain_assets.yolo.predict import PredictOptions, predict
from autoretrain_assets.yolo.weights import load


def measure_outside(home: Home, versions: Sequence[str], images: pl.DataFrame) -> dict[str, Outside]:
    """The figures of each version on every domain of `images` (path, width, height, boxes, domain)."""
    scores = {}
    for version in versions:
        sha256 = artifacts.read_json(home.store, version, "record.json")["weights_sha256"]
        weights = artifacts.fetch(home.store, version, "weights.pt", home.work / "models")
        scores[version] = figures(home, weights, sha256, images)
    return scores


def figures(home: Home, weights: Path, sha256: str, images: pl.DataFrame) -> Outside:
    """mAP50 and mAP50-95 of some weights on every domain of `images`."""
    truth = images.with_columns(sha256=pl.col("path"))
    model = load(weights, sha256, home.settings.training.threads)
    predictions = predict(model, {path: Path(path) for path in truth["path"]}, PredictOptions.of(home.settings))
    slices = truth.select("sha256", slice="domain")
    table = measure("outside", truth, predictions, slices, home.classes, home.settings.evaluation)
    overall = table.filter(pl.col("label").is_null() & pl.col("slice").is_in(truth["domain"].unique().implode()))
    return {row["slice"]: {"map50": row["map50"], "map": row["map50_95"]} for row in overall.iter_rows(named=True)}
