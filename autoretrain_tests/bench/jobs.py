"""What Dagster costs: a job of a nearly empty day, against the functions that it calls."""

import statistics
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from autoretrain_assets import founding
from autoretrain_assets.assets.cvat_tasks import _opened, _verdicts
from autoretrain_assets.assets.noting import noted
from autoretrain_assets.config import parse_settings
from autoretrain_assets.feedback import intake
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_assets.mining.selection import mine
from autoretrain_assets.schema import DRIFT, empty
from autoretrain_tests.bench import events
from autoretrain_tests.bench.printing import Inputs, in_turns, say

FIRST_DAY = date(2025, 3, 3)
EVENTS = 4


def run(inputs: Inputs) -> None:
    """The feedback job of a day of 4 events in this process, against the same stages called one after the other."""
    rounds = 2 * inputs.rounds + 1
    home, plain = (_home(inputs.work / name, inputs, rounds) for name in ("home", "plain"))
    began = time.perf_counter()
    with opened(home) as loop:
        say(f"opening the home's Dagster instance and its definitions: {time.perf_counter() - began:.2f} s")
        times = in_turns(
            {"job": lambda turn: loop.feedback(_day(turn)), "stages": lambda turn: _stages(plain, _day(turn))}, rounds
        )
    job, stages = (statistics.median(times[name][1:]) for name in ("job", "stages"))
    say(
        f"feedback job: {job:.2f} s (the first {times['job'][0]:.2f} s); its stages alone: {stages:.3f} s; "
        f"ratio {job / stages:.1f}; Dagster and the pages' metadata: {job - stages:+.2f} s a job, median of {rounds - 1}"
    )


def _home(root: Path, inputs: Inputs, days: int) -> Home:
    home = founding.lay_out(root, parse_settings("dataset: {classes: [car]}"))
    for turn in range(days):
        events.fill(home.inbox, inputs, _day(turn), EVENTS)
    return home


def _day(turn: int) -> date:
    return FIRST_DAY + timedelta(days=turn)


def _stages(home: Home, day: date) -> None:
    """What the four assets do on a home without a model, in their order."""
    settings, now = home.settings, datetime.now(UTC)
    files = pending(home.inbox, settings.days.first, now, settings.feedback)[day]
    receipt = intake.receive(
        files, home.raw_feedback.read(day), home.frames, home.quarantine, settings.feedback, home.classes, now
    )
    home.raw_feedback.write(day, receipt.table)
    intake.discard(receipt, settings.feedback)
    home.drift_report.write(day, empty(DRIFT))
    nothing = pl.Series("sha256", [], dtype=pl.String)
    samples = mine(home.raw_feedback.read(day), settings.mining, settings.scenes.gap_seconds, nothing, settings.seed)
    home.mined_samples.write(day, samples)
    tasks = noted(day, samples, settings)
    home.cvat_tasks.write(day, tasks)
    told = samples.join(_verdicts(home, day), on="sha256", how="left")
    home.cvat_tasks.write(day, _opened(home, tasks, tasks, told))
