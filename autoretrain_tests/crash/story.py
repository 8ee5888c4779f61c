"""A short life of a home, cut into passes that can be killed and repeated: take in, label, retrain."""

import multiprocessing
import os
import runpy
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import polars as pl

from autoretrain_assets import due
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_assets.replay.annotator import CAREFUL
from autoretrain_assets.replay.labelling import answer_tasks
from autoretrain_tests.loop.living import ROOT
from autoretrain_tests.moments import short_lived

INJECT = Path(__file__).parent / "inject"
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["autoretrain_tests.crash.prepared"])
"""Each pass is a process of its own that has imported all already; see prepared."""

PASSES = 6
"""A pass that was killed and the ones that finish its work are fewer."""


@dataclass(frozen=True)
class Story:
    """A home before a pass, where the images' truth is, and the ids of the events that it was sent."""

    start: Path
    truth: Path
    sent: Sequence[str]

    def copy(self, target: Path) -> Home:
        """The same home elsewhere, as it was before the pass."""
        shutil.copytree(self.start, target, symlinks=True)
        return Home.open(target)


def run(home: Home, at: str = "", log: str = "") -> int:
    """One `autoretrain run`, killed before the write `at`; returns its exit code (negative: killed)."""
    process = FORKS.Process(target=_pass, args=(home.root, at, log))
    process.start()
    process.join()
    return int(process.exitcode or 0)


def _pass(root: Path, at: str, log: str) -> None:
    """In a process of its own, as `python -m autoretrain_assets.cli run` with `inject` on its path would do it."""
    os.environ.update(
        PYTHONPATH=f"{INJECT}{os.pathsep}{ROOT}",
        AUTORETRAIN_CRASH_HOME=str(root),
        AUTORETRAIN_CRASH_AT=at,
        AUTORETRAIN_CRASH_LOG=log,
    )
    with (root.parent / f"{root.name}.log").open("ab") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    runpy.run_path(str(INJECT / "sitecustomize.py"))
    with short_lived():
        for line in run_due(root):
            sys.stdout.write(line + "\n")


def settle(home: Home) -> None:
    """Run until nothing is due; fails where a run fails or it never ends."""
    for _ in range(PASSES):
        assert run(home) == 0, (home.root.parent / f"{home.root.name}.log").read_text()[-3000:]
        if is_settled(home):
            return
    raise AssertionError(f"{home.root} is not settled after {PASSES} passes")


def is_settled(home: Home) -> bool:
    """Whether nothing is due, but what people have to do."""
    return (
        not due.events(home, datetime.now(UTC)) and not due.answers(home) and not due.retraining(home).verdict.trigger
    )


def is_at_rest(home: Home) -> bool:
    """Whether nothing is due and nothing runs."""
    if not is_settled(home):
        return False
    busy = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    with opened(home) as loop:
        return not loop.instance.get_runs(dg.RunsFilter(statuses=busy), limit=1)


def label(home: Home, truth: Path) -> None:
    """Answer every open task."""
    for day in home.cvat_tasks.days():
        answer_tasks(home, day, pl.read_parquet(truth), CAREFUL)
