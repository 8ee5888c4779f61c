"""Play a labelled dataset through the loop's own jobs, on a home and a Dagster instance of its own."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from autoretrain_assets import founding
from autoretrain_assets.config import Settings
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.home import Home
from autoretrain_assets.loop import Loop, opened
from autoretrain_assets.release import registry
from autoretrain_assets.replay import annotator, domains, outside, production, traffic
from autoretrain_assets.replay.outcome import Outcome, Round, Seconds
from autoretrain_assets.store import artifacts
from autoretrain_assets.triggers import Verdict

FIRST_DAY = date(2026, 3, 2)
"""The replay's own calendar: a Monday, the same for every replay so that equal inputs give equal homes."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Phase:
    """A domain that production meets, and how its days are answered."""

    domain: str
    annotator: annotator.AnnotatorSettings = annotator.CAREFUL


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides a replay."""

    dataset: Path
    start: str
    phases: Sequence[Phase]
    home: Path
    settings: Settings
    model: Path | None = None
    days: int = 3
    operator: traffic.OperatorSettings = field(default_factory=traffic.OperatorSettings)


def replay(plan: Plan, say: Say) -> Outcome:
    """Found the home on the start domain, let production meet the others, measure every model from outside."""
    began = time.monotonic()
    world = domains.read(plan.dataset)
    images = _calendar(plan, world)
    home = founding.lay_out(plan.home, _settings(plan, world))
    with opened(home) as loop:
        _found(loop, plan, images[0], say)
        rounds = [
            one
            for phase, table in zip(plan.phases, images[1:], strict=True)
            for one in _meet(loop, plan, phase, table, say)
        ]
        say("measuring every model on images that the loop never saw")
        measured_at = time.monotonic()
        specs = [plan.start, *(phase.domain for phase in plan.phases)]
        scores = outside.measure(home, [founding.FIRST, *(one.version for one in rounds)], world.outside(specs))
        ended = time.monotonic()
        training, evaluation = loop.step_seconds("finetuned_checkpoint"), loop.step_seconds("evaluation_report")
    release = registry.current(home.store)
    final = release.version if release else founding.FIRST
    return Outcome(
        dataset=str(plan.dataset),
        start=plan.start,
        then=[phase.domain for phase in plan.phases],
        seconds=Seconds(ended - began, training, evaluation + ended - measured_at),
        first_version=founding.FIRST,
        first_outside=scores[founding.FIRST],
        rounds=[replace(one, outside=scores[one.version]) for one in rounds],
        production_version=final,
        production_outside=scores[final],
    )
