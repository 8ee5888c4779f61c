"""A home that lives: its daemon, a person who labels, and production that reports."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from autoretrain_assets.commands.homes import make_home
from autoretrain_assets.home import Home
from autoretrain_assets.replay import domains
from autoretrain_assets.replay.operator import OperatorSettings
from autoretrain_assets.replay.production import report_day
from autoretrain_assets.replay.scene import CLASSES
from autoretrain_assets.replay.traffic import schedule
from autoretrain_assets.yolo.runtime import start

ROOT = Path(__file__).parents[2]
TINY = ROOT / "autoretrain_assets" / "replay" / "tiny.yaml"
QUICK = [
    "automation.poll_seconds=1",
    "automation.retry_seconds=0",
    "automation.start_seconds=30",
    "retrain.cooldown_minutes=0",
    "dataset.test_share=0.4",
    "training.epochs=1",
    "training.min_steps=0",
    "training.imgsz=96",
    "release.rules=[{name: it runs, metric: latency_ms, compare: absolute, at_most: 1000000}]",
]
"""A loop that looks every second, trains for moments, and releases whatever runs."""


def founded(root: Path, street: Path, settings: list[str]) -> Home:
    """A home with a model in production that never learned anything, as `autoretrain init` makes it."""
    for _ in make_home(root, untrained(root.with_suffix(".pt")), street / "data.yaml", [*QUICK, *settings]):
        pass
    return Home.open(root)


def report(home: Home, street: Path, domain: str, days: int) -> Path:
    """Put the last days' events into the inbox; returns where the truth about their images is."""
    [images] = domains.read(street).select([domain], seed=0)
    first = datetime.now(UTC).date() - timedelta(days=days)
    images = schedule(images, first, days, home.settings.scenes.gap_seconds, seed=0)
    for day in images["day"].unique().sort():
        report_day(home, images.filter(pl.col("day") == day), OperatorSettings())
    truth = home.root.parent / f"{home.root.name}-truth.parquet"
    images.write_parquet(truth)
    return truth


def untrained(weights: Path, imgsz: int | None = None) -> Path:
    """A checkpoint that never learnt anything; with `imgsz` it says that it learnt at that size."""
    model = start(threads=1).YOLO(str(TINY), task="detect")
    model.model.names = dict(enumerate(CLASSES))
    model.ckpt = {"train_args": {"imgsz": imgsz}} if imgsz else {}
    model.save(weights)
    return weights


@contextmanager
def daemon(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """dagster-daemon alone, with all that it starts in one session that ends with the block."""
    homes = {"AUTORETRAIN_HOME": str(home.root), "DAGSTER_HOME": str(home.dagster)}
    command = [sys.executable, "-m", "dagster._daemon", "run", "-w", "workspace.yaml"]
    with running(command, home.root.parent / f"{home.root.name}-daemon.log", homes) as process:
        yield process


@contextmanager
def person(home: Home, truth: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Someone who finishes every task, in a process of their own."""
    command = [sys.executable, "-m", "autoretrain_tests.loop.person", str(home.root), str(truth)]
    with running(command, home.root.parent / f"{home.root.name}-person.log", {}) as process:
        yield process


@contextmanager
def running(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, killed with its whole group when the block ends."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask, then kill; what it started goes with it."""
    for sign, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, 20)):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return


def wait_until(true: Callable[[], bool], seconds: float, log: Path) -> None:
    """Look once a second; fails with the end of the log."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return
        time.sleep(1)
    raise AssertionError(f"it did not come to pass in {seconds} s:\n{log.read_text()[-4000:]}")
