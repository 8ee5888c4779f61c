"""A whole replay, against bare ultralytics `train` and `val` of the same images, settings and epochs."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl

from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.dataset.mix import training_mix
from autoretrain_assets.dataset.splits import TEST
from autoretrain_assets.dataset.yolo import checkout
from autoretrain_assets.home import Home
from autoretrain_assets.replay.run import Phase, Plan, replay
from autoretrain_assets.store import artifacts
from autoretrain_tests.bench.printing import Inputs, say, seconds

TEN_MINUTES = 600.0

BARE = """
import json, sys
from autoretrain_assets.yolo.runtime import start
ultralytics = start()
job = json.loads(sys.argv[1])
model = ultralytics.YOLO(job["weights"])
model.train(**job["train"])
ultralytics.YOLO(job["train"]["project"] + "/run/weights/last.pt").val(data=job["test"], imgsz=job["train"]["imgsz"], plots=False, verbose=False)
"""


def overhead(inputs: Inputs) -> None:
    """bccd in halves at 320 px: total, what it went into, and the same trainings bare."""
    if not inputs.has("bccd"):
        return
    settings = parse_settings(
        "training: {imgsz: 320, min_steps: 0}",
        [f"training.epochs={inputs.epochs}", f"training.weights={inputs.weights.absolute()}"],
    )
    plan = Plan(inputs.data / "bccd", "all:0.5", [Phase("all:0.5")], inputs.work / "home", settings)
    outcome = replay(plan, lambda _: None)
    spent = outcome.seconds.as_json()
    home = Home.open(plan.home)
    done = ["v0001", *(one.version for one in outcome.rounds)]
    bare = sum(seconds(lambda name=name: _bare(home, name, inputs)) for name in done)
    fixed = spent["total"] - bare
    say(f"the loop: {json.dumps(spent)} s for {len(done)} trainings")
    say(
        f"bare train and val of the same: {bare:.1f} s; ratio {spent['total'] / bare:.2f}; {fixed:+.1f} s fixed, {fixed / len(done):+.1f} s a training"
    )
    say(
        f"carried over to ten minutes of bare training: ratio {(TEN_MINUTES + fixed / len(done)) / TEN_MINUTES:.2f} (computed, not measured)"
    )


def _bare(home: Home, version: str, inputs: Inputs) -> None:
    manifest = versions.read_manifest(home.store, version)
    record = artifacts.read_json(home.store, version, "record.json")
    parent = record["parent_version"]
    known = versions.read_manifest(home.store, parent)["sha256"] if parent else None
    weights = (
        artifacts.fetch(home.store, parent, "weights.pt", home.work / "models") if parent else inputs.weights.absolute()
    )
    mix = training_mix(manifest, known, home.settings.training.replay_share, home.settings.seed)
    folder = inputs.work / "bare" / version
    train, test = (
        _data(home, rows, folder / name)
        for name, rows in (("train", mix), ("test", manifest.filter(pl.col("split") == TEST)))
    )
    recipe = home.settings.training
    job = {
        "data": str(train), "epochs": recipe.epochs, "imgsz": recipe.imgsz, "batch": recipe.batch, "nbs": recipe.batch,
        "warmup_epochs": recipe.warmup_epochs, "close_mosaic": recipe.close_mosaic, "device": "cpu", "plots": False,
        "val": False, "project": str(folder), "name": "run", "exist_ok": True, "verbose": False,
    }  # fmt: skip
    content = json.dumps({"weights": str(weights), "train": job, "test": str(test)})
    subprocess.run(
        [sys.executable, "-c", BARE, content], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _data(home: Home, rows: pl.DataFrame, folder: Path) -> Path:
    """A checkout whose val is all of it."""
    data = checkout(rows, home.frames.paths(rows["sha256"]), home.classes, folder)
    (folder / "val.txt").write_text((folder / "train.txt").read_text())
    return data
