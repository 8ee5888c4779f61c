"""Play a labelled dataset through the loop's own jobs, on a home and a Dagster instance of its own."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from autoretrain_assets import due, founding
from autoretrain_assets.config import Settings
from autoretrain_assets.errors import InputError
from autoretrain_assets.labeling.again import is_again
from autoretrain_assets.loop import Loop, opened
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.replay import domains, leaks, outside
from autoretrain_assets.replay.annotator import CAREFUL, AnnotatorSettings
from autoretrain_assets.replay.labelling import answer_tasks
from autoretrain_assets.replay.operator import OperatorSettings
from autoretrain_assets.replay.outcome import Outcome, Round, Seconds
from autoretrain_assets.replay.page import write_page
from autoretrain_assets.replay.production import report_day
from autoretrain_assets.replay.traffic import schedule
from autoretrain_assets.triggers import Verdict
from autoretrain_assets.yolo.weights import load

FIRST_DAY = date(2026, 3, 2)
"""The replay's own calendar: a Monday, the same for every replay so that equal inputs give equal homes."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Phase:
    """A domain that production meets, and how carefully its images are labelled."""

    domain: str
    annotator: AnnotatorSettings = CAREFUL


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
    operator: OperatorSettings = field(default_factory=OperatorSettings)


def replay(plan: Plan, say: Say) -> Outcome:
    """Found the home on the start domain, let production meet the others, measure every model from outside.

    Raises InputError, before a home is made, where something given would lose the result at its end.
    """
    began = time.monotonic()
    world = domains.read(plan.dataset)
    specs = [plan.start, *(phase.domain for phase in plan.phases)]
    _verify_models(plan, world)
    trained, unseen = world.select(specs, plan.settings.seed), world.outside(specs)
    _say_look_alikes(plan, pl.concat(trained), unseen, say)
    weeks = _calendar(plan, trained)
    home = founding.lay_out(plan.home, _settings(plan, world))
    with opened(home) as loop:
        _found(loop, plan, weeks[0], say)
        rounds = [
            one
            for phase, images in zip(plan.phases, weeks[1:], strict=True)
            for one in _meet(loop, plan, phase, images, say)
        ]
        say("measuring every model on images that the loop never saw")
        measured_at = time.monotonic()
        versions = [founding.FIRST, *(one.version for one in rounds)]
        scores = outside.measure_outside(home, versions, unseen)
        ended = time.monotonic()
        seconds = Seconds(
            ended - began,
            loop.step_seconds("finetuned_checkpoint"),
            loop.step_seconds("evaluation_report") + ended - measured_at,
        )
    release = registry.current(home.store)
    final = release.version if release else founding.FIRST
    outcome = Outcome(
        dataset=str(plan.dataset),
        start=plan.start,
        then=specs[1:],
        seconds=seconds,
        first_version=founding.FIRST,
        first_outside=scores[founding.FIRST],
        rounds=[replace(one, outside=scores[one.version]) for one in rounds],
        production_version=final,
        production_outside=scores[final],
    )
    write_page(home, outcome, unseen)
    return outcome


def _verify_models(plan: Plan, world: domains.World) -> None:
    """What cannot be used is refused before a home is made for it."""
    if plan.model is not None:
        founding.verified(plan.model, world.classes)
        return
    weights = plan.settings.training.weights
    if weights is None or not (plan.home / weights).is_file():
        raise InputError(f"the weights {weights} do not exist: name what the first model is fine-tuned from.")
    if weights.suffix not in {".pt", ".yaml"}:
        raise InputError(f"{weights} is no .pt and no model .yaml: name one, for a model to be fine-tuned from.")
    load(plan.home / weights, None, plan.settings.training.threads)


def _say_look_alikes(plan: Plan, trained: pl.DataFrame, unseen: pl.DataFrame, say: Say) -> None:
    count = leaks.look_alikes(trained, unseen, plan.settings)
    if count:
        say(f"{count} of {unseen.height} val images look like a train image: their figures may flatter every model")


def _calendar(plan: Plan, tables: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Each domain on days of its own, one after the other."""
    gap, seed = plan.settings.scenes.gap_seconds, plan.settings.seed
    starts = [FIRST_DAY + timedelta(days=plan.days * number) for number in range(len(tables))]
    return [schedule(table, day, plan.days, gap, seed) for table, day in zip(tables, starts, strict=True)]


def _settings(plan: Plan, world: domains.World) -> Settings:
    last = FIRST_DAY + timedelta(days=plan.days * (len(plan.phases) + 1) - 1)
    settings = plan.settings
    return settings.model_copy(
        update={
            "days": settings.days.model_copy(update={"first": FIRST_DAY, "last": last}),
            "dataset": settings.dataset.model_copy(update={"classes": list(world.classes)}),
        }
    )


def _found(loop: Loop, plan: Plan, images: pl.DataFrame, say: Say) -> None:
    say(f"{founding.FIRST}: {images.height} images of {plan.start}")
    rows = images.with_columns(group=pl.format("{}/{}", "source", "group"), split=pl.lit(None, dtype=pl.String))
    founding.first_version(loop.home, rows)
    if plan.model is not None:
        founding.adopt(loop.home, plan.model)
    say(f"{founding.FIRST}: {'measuring the given model' if plan.model else 'training the first model'}")
    loop.retrain(founding.FIRST, Verdict(None, "the first model"))
    _say_decision(loop, founding.FIRST, say)
    if registry.current(loop.home.store) is None:
        decision = decisions.read(loop.home.store, founding.FIRST)
        raise InputError(
            f"the first model is not good enough to start with ({'; '.join(decision['reasons'])}): "
            "train it longer (--set training.epochs=…) or lower the rule (--set release.rules.NAME.at_least=…)."
        )


def _meet(loop: Loop, plan: Plan, phase: Phase, images: pl.DataFrame, say: Say) -> Iterator[Round]:
    """The domain's days, one after the other; after each the loop does what is due."""
    for day in images["day"].unique().sort():
        began = time.monotonic()
        sent = report_day(loop.home, images.filter(pl.col("day") == day), plan.operator)
        for waiting in due.events(loop.home, datetime.now(UTC)):
            loop.feedback(waiting)
        asked = answer_tasks(loop.home, day, images, phase.annotator)
        for waiting in due.answers(loop.home):
            loop.labels(waiting)
        drift = ", drift alarm" if loop.home.drift_report.read(day)["alarm"].any() else ""
        say(f"{day} {phase.domain}: {sent} events, {asked} images labelled{drift}")
        coming = due.retraining(loop.home)
        if coming.verdict.trigger is not None:
            say(f"{coming.version}: {coming.verdict.why}")
            yield _round(loop, coming.version, coming.verdict, began, say)


def _round(loop: Loop, version: str, verdict: Verdict, began: float, say: Say) -> Round:
    release = registry.current(loop.home.store)
    new = due.waiting(loop.home).new_labels
    loop.retrain(version, verdict)
    decision = _say_decision(loop, version, say)
    return Round(
        version=version,
        parent=release.version if release else None,
        trigger=str(verdict.trigger),
        decision=decision["outcome"],
        reasons=decision["reasons"],
        labels_new=new,
        labels_total=loop.home.annotations.query(lambda rows: rows.filter(~is_again()).select(pl.len())).item(),
        seconds=time.monotonic() - began,
        outside={},
    )


def _say_decision(loop: Loop, version: str, say: Say) -> Mapping[str, Any]:
    say(decisions.sentence(loop.home.store, version))
    return decisions.read(loop.home.store, version)
