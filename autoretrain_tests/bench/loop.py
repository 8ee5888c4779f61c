"""A whole replay, against bare ultralytics `train` and `val` of the same images, settings and epochs."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl

from autoretrain_assets.dataset import version as versions
from autoretrain_assets.dataset.mix import training_mix
from autoretrain_assets.dataset.splits import TEST
from autoretrain_assets.dataset.yolo import checkout
from autoretrain_assets.home import Home
from autoretrain_assets.store import artifacts
from autoretrain_assets.yolo.runtime import thread_count
from autoretrain_assets.yolo.train import TrainingJob, _arguments
from autoretrain_tests.bench import plain
from autoretrain_tests.bench.printing import Inputs, say

TEN_MINUTES = 600.0

GATE = "release.rules=[{name: it runs, metric: latency_ms, compare: absolute, at_most: 1000000}]"
"""Whatever a model is worth, the replay goes on: how good it is makes nothing slower."""


def run(inputs: Inputs) -> None:
    """bccd in two halves at 320 px: all that the loop does, against bare trainings and validations of the same."""
    if not inputs.can_train_on("bccd"):
        return
    total, outcome, home = _replay(inputs)
    done = [outcome["first"]["version"], *(one["version"] for one in outcome["rounds"])]
    bare = [_bare(home, version, inputs) for version in done]
    training, evaluation = (outcome["seconds"][name] for name in ("training", "evaluation"))
    other, fixed = total - training - evaluation, total - sum(bare)
    say(f"replay, {len(done)} trainings: total {total:.1f} s = training {training:.1f} + evaluation {evaluation:.1f}")
    say(f"  + other {other:.1f} (founding, feedback, mining, labelling, Dagster, pages, process start)")
    say(f"bare train + val: {' + '.join(f'{one:.1f}' for one in bare)} = {sum(bare):.1f} s")
    say(f"ratio {total / sum(bare):.2f}; fixed cost {fixed:+.1f} s, which is {fixed / len(done):+.1f} s a training")
    say(
        f"EXTRAPOLATED, not measured: on ten minutes of bare training the same fixed cost is a ratio of "
        f"{(TEN_MINUTES + fixed) / TEN_MINUTES:.2f}"
    )


def _replay(inputs: Inputs) -> tuple[float, dict[str, Any], Home]:
    """The command as a person runs it; its wall time includes the start of its process."""
    half = "all:0.05" if inputs.quick else "all:0.5"
    home, result = inputs.work / "home", inputs.work / "result.json"
    settings = [
        GATE,
        "training.imgsz=320",
        "training.device=cpu",
        "training.min_steps=0",
        f"training.epochs={inputs.size(inputs.epochs, least=1)}",
        f"retrain.min_new_labels={inputs.size(100, least=5)}",
    ]
    command = [sys.executable, "-m", "autoretrain_assets.cli", "replay", inputs.data / "bccd"]
    command += ["--start", half, "--then", half, "--weights", inputs.weights, "--home", home, "--json", result]
    command += [part for setting in settings for part in ("--set", setting)]
    total = plain.run(command, inputs.work / "replay.log", dict(os.environ))
    return total, json.loads(result.read_text()), Home.open(home)


def _bare(home: Home, version: str, inputs: Inputs) -> float:
    """The seconds of the same training by a bare script, its data laid out beforehand."""
    manifest = versions.read_manifest(home.store, version)
    record = artifacts.read_json(home.store, version, "record.json")
    weights, known = _parent(home, record["parent_version"], inputs)
    mix = training_mix(manifest, known, record["replay_share"], home.settings.seed)
    folder = inputs.work / "bare" / version
    train = checkout(mix, home.frames.paths(mix["sha256"]), home.classes, folder / "train")
    paths = {"weights": str(weights), "data": str(train), "output": str(folder)}
    job = TrainingJob(**record["recipe"] | paths)
    content = {
        "weights": str(weights),
        "threads": thread_count(job.threads),
        "train": _arguments(job),
        "test": str(_test(home, manifest.filter(pl.col("split") == TEST), folder / "test")),
    }
    command = [sys.executable, "-m", "autoretrain_tests.bench.bare", json.dumps(content)]
    return plain.run(command, folder / "log", plain.environment(inputs.work))


def _parent(home: Home, version: str | None, inputs: Inputs) -> tuple[Path, pl.Series | None]:
    if version is None:
        return inputs.weights, None
    weights = artifacts.fetch(home.store, version, "weights.pt", home.work / "models")
    return weights, versions.read_manifest(home.store, version)["sha256"]


def _test(home: Home, rows: pl.DataFrame, folder: Path) -> Path:
    """The sealed test as a data.yaml whose val it is."""
    data = checkout(rows, home.frames.paths(rows["sha256"]), home.classes, folder)
    shutil.copyfile(folder / "train.txt", folder / "val.txt")
    return data
