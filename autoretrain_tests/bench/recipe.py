"""Time to a given mAP50: the loop's training as a whole, against `yolo train` as installed."""

import csv
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

from autoretrain_assets.config import parse_settings
from autoretrain_assets.config.settings import Settings
from autoretrain_assets.dataset.yolo import checkout
from autoretrain_assets.evaluation.metrics import measure
from autoretrain_assets.replay import domains
from autoretrain_assets.training import finetune
from autoretrain_assets.yolo.predict import PredictOptions, predict
from autoretrain_assets.yolo.runtime import cache_dir, start
from autoretrain_assets.yolo.weights import load
from autoretrain_tests.bench.printing import Inputs, say

IMAGES, EPOCHS, DEFAULT_EPOCHS = 100, 6, 20


def time_to_accuracy(inputs: Inputs) -> None:
    """cards and bccd at 320 px, 100 images: our 6 epochs, and when the default first got as far in its 20."""
    start()
    for name in ("cards", "bccd"):
        if inputs.has(name):
            _compare(inputs, name)


def _compare(inputs: Inputs, name: str) -> None:
    world = domains.read(inputs.data / name)
    images = world.images.with_columns(sha256=pl.col("path").str.split("/").list.last())
    train = images.filter(pl.col("split") == "train").sample(IMAGES, seed=0, shuffle=True)
    val = images.filter(pl.col("split") == "val")
    settings = parse_settings("training: {imgsz: 320, min_steps: 0}", [f"training.epochs={EPOCHS}"])
    folder = inputs.work / name
    began = time.monotonic()
    weights = _ours(settings, train, world.classes, inputs.weights, folder / "ours")
    reached = _map50(settings, weights, val, world.classes)
    took = time.monotonic() - began
    say(f"{name}: ours, {EPOCHS} epochs and the measuring: mAP50 {reached:.3f} in {took:.0f} s")
    say(f"{name}: {_default(inputs.weights, train, val, world.classes, folder / 'default', reached)}")


def _ours(settings: Settings, train: pl.DataFrame, classes: list[str], weights: Path, folder: Path) -> Path:
    data = checkout(train, _paths(train), classes, folder / "data")
    finetune.prepare(settings, weights.absolute(), None, data, train.height, folder)
    subprocess.run(finetune.command(folder), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    finetune.finish(folder)
    return folder / "weights.pt"


def _default(
    weights: Path, train: pl.DataFrame, val: pl.DataFrame, classes: list[str], folder: Path, reached: float
) -> str:
    """`yolo train` with its own defaults, validating each epoch as it does; its clock starts with the process."""
    data = checkout(train, _paths(train), classes, folder / "data")
    checkout(val, _paths(val), classes, folder / "val")
    shutil.copyfile(folder / "val" / "train.txt", folder / "data" / "val.txt")
    environment = os.environ | {"YOLO_OFFLINE": "1", "YOLO_AUTOINSTALL": "0", "YOLO_CONFIG_DIR": str(cache_dir())}
    command = [
        str(Path(sys.executable).parent / "yolo"), "detect", "train", f"model={weights.absolute()}", f"data={data}",
        f"epochs={DEFAULT_EPOCHS}", "imgsz=320", "device=cpu", "plots=False", f"project={folder}", "name=run",
    ]  # fmt: skip
    began = time.monotonic()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    total = time.monotonic() - began
    rows = list(csv.DictReader((folder / "run" / "results.csv").open()))
    lead = total - float(rows[-1]["time"])
    curve = [(float(row["time"]) + lead, float(row["metrics/mAP50(B)"])) for row in rows]
    first = next((at for at, value in curve if value >= reached), None)
    best = max(value for _, value in curve)
    when = f"after {first:.0f} s" if first else f"not in {DEFAULT_EPOCHS} epochs"
    return (
        f"yolo train as installed: gets there {when}; {DEFAULT_EPOCHS} epochs take {total:.0f} s, best mAP50 {best:.3f}"
    )


def _map50(settings: Settings, weights: Path, val: pl.DataFrame, classes: list[str]) -> float:
    predictions = predict(load(weights, None), _paths(val), PredictOptions.of(settings))
    slices = val.select("sha256", slice=pl.lit("all"))
    table = measure("ours", val, predictions, slices, classes, settings.evaluation)
    return float(table.filter(pl.col("label").is_null() & (pl.col("slice") == "all"))["map50"][0])


def _paths(images: pl.DataFrame) -> dict[str, Path]:
    return {sha256: Path(path) for sha256, path in images.select("sha256", "path").iter_rows()}
