"""Time to a given mAP50: the loop's first training, everything included, against `yolo train` as installed."""

import csv
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from autoretrain_assets import founding
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.yolo import checkout
from autoretrain_assets.evaluation.metrics import measure
from autoretrain_assets.files import write_json
from autoretrain_assets.replay import domains
from autoretrain_assets.store import artifacts
from autoretrain_assets.store.git import GitStore
from autoretrain_assets.yolo.predict import PredictOptions, predict
from autoretrain_assets.yolo.weights import load
from autoretrain_tests.bench import plain
from autoretrain_tests.bench.printing import Inputs, say

EPOCHS, DEFAULT_EPOCHS, IMGSZ = (6, 12), 20, 320
SETTINGS = (f"training.imgsz={IMGSZ}", "training.device=cpu", "training.min_steps=0")

VAL_SHARE = 3
"""One validation image to so many training ones, as the data sets have it: `yolo train` validates each epoch."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some images of a data set, of all its domains."""

    name: str
    classes: Sequence[str]
    train: pl.DataFrame
    val: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights and what they are worth: by ultralytics' own val, and by the loop's metrics."""

    name: str
    seconds: float
    by_ultralytics: float
    by_metrics: float


def run(inputs: Inputs) -> None:
    """cards and bccd at 320 px: the seconds of our 6 and 12 epochs, and when the default's 20 first got as far."""
    for name in ("cards", "bccd"):
        if inputs.can_train_on(name):
            _compare(_sample(inputs, name), inputs)


def _compare(sample: Sample, inputs: Inputs) -> None:
    say(f"{sample.name}: {sample.train.height} images to train on, {sample.val.height} to measure on")
    ours = [_ours(sample, epochs, inputs) for epochs in ((1,) if inputs.quick else EPOCHS)]
    curve, default = _default(sample, inputs)
    for one in ours:
        at = next((seconds for seconds, map50 in curve if map50 >= one.by_ultralytics), None)
        when = f"after {at:.0f} s, {at / one.seconds:.1f} times as long" if at else f"not in {len(curve)} epochs"
        say(f"  {one.name}: mAP50 {one.by_ultralytics:.3f} in {one.seconds:.0f} s; yolo train gets there {when}")
    best = max(map50 for _, map50 in curve)
    say(f"  {default.name}: {default.seconds:.0f} s, mAP50 at best {best:.3f}")
    by_metrics = ", ".join(f"{one.name} {one.by_metrics:.3f}" for one in [*ours, default])
    say(f"  mAP50 above is by ultralytics' own val; by the loop's metrics: {by_metrics}")


def _sample(inputs: Inputs, name: str) -> Sample:
    world = domains.read(inputs.data / name)
    images = world.images.with_columns(sha256=pl.col("path").str.split("/").list.last())
    count = inputs.size(inputs.images, least=16)
    train, val = (
        images.filter(pl.col("split") == split).sample(fraction=1, shuffle=True, seed=0).head(most)
        for split, most in ((domains.TRAIN, count), (domains.OUTSIDE, max(8, count // VAL_SHARE)))
    )
    return Sample(name, world.classes, train, val)


def _ours(sample: Sample, epochs: int, inputs: Inputs) -> Trained:
    """The clock runs from the start of the process to the decision: founding, checkout, training, measuring, pages."""
    folder = inputs.work / sample.name / f"ours{epochs}"
    data = _laid_out(sample, folder)
    settings = [*SETTINGS, f"training.epochs={epochs}"]
    job = {"data": str(data), "weights": str(inputs.weights), "home": str(folder / "home"), "settings": settings}
    command = [sys.executable, "-m", "autoretrain_tests.bench.first_training", json.dumps(job)]
    seconds = plain.run(command, folder / "log", dict(os.environ))
    weights = artifacts.fetch(GitStore(folder / "home" / "store.git"), founding.FIRST, "weights.pt", folder / "models")
    return _measured(f"ours, {epochs} epochs", seconds, weights, sample, data)


def _default(sample: Sample, inputs: Inputs) -> tuple[list[tuple[float, float]], Trained]:
    """`yolo train` with its own defaults: its mAP50 at the second that each epoch's line appeared, and its best."""
    folder = inputs.work / sample.name / "default"
    data = _laid_out(sample, folder)
    epochs = inputs.size(DEFAULT_EPOCHS, least=2)
    command = [
        Path(sys.executable).parent / "yolo", "detect", "train", f"data={data}", f"model={inputs.weights}",
        f"epochs={epochs}", f"imgsz={IMGSZ}", "device=cpu", "plots=False", f"project={folder}", "name=run",
    ]  # fmt: skip
    curve: list[tuple[float, float]] = []

    def look(seconds: float) -> None:
        curve.extend((seconds, map50) for map50 in _map50s(folder / "run" / "results.csv")[len(curve) :])

    seconds = plain.run(command, folder / "log", plain.environment(inputs.work), look)
    best = folder / "run" / "weights" / "best.pt"
    return curve, _measured(f"yolo train, {epochs} epochs", seconds, best, sample, data)


def _map50s(results: Path) -> list[float]:
    """Of the epochs whose line is whole."""
    text = results.read_text() if results.is_file() else ""
    whole = text[: text.rfind("\n") + 1]
    return [float(row["metrics/mAP50(B)"]) for row in csv.DictReader(io.StringIO(whole))]


def _measured(name: str, seconds: float, weights: Path, sample: Sample, data: Path) -> Trained:
    settings, model = parse_settings("", SETTINGS), load(weights, None)
    predictions = predict(model, _paths(sample.val), PredictOptions.of(settings))
    slices = sample.val.select("sha256", slice=pl.lit("all"))
    table = measure(name, sample.val, predictions, slices, sample.classes, settings.evaluation)
    overall = table.filter(pl.col("label").is_null() & (pl.col("slice") == "all"))["map50"][0]
    found = load(weights, None).val(
        data=str(data), imgsz=IMGSZ, device="cpu", plots=False, verbose=False, project=str(data.parent), name="val"
    )
    return Trained(name, seconds, float(found.box.map50), float(overall))


def _laid_out(sample: Sample, folder: Path) -> Path:
    """A YOLO data set of its own for each training: ultralytics keeps caches beside the labels."""
    for name, rows in (("train", sample.train), ("val", sample.val)):
        checkout(rows, _paths(rows), sample.classes, folder / name)
    data = {"path": str(folder), "train": "train/train.txt", "val": "val/train.txt", "names": list(sample.classes)}
    write_json(folder / "data.yaml", data)
    return folder / "data.yaml"


def _paths(images: pl.DataFrame) -> dict[str, Path]:
    return {sha256: Path(path) for sha256, path in images.select("sha256", "path").iter_rows()}
