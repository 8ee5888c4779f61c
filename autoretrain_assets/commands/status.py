"""The state of a home in words, and what to do next."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from autoretrain_assets.commands import quality
from autoretrain_assets.commands.state import Decided, Desk, State, age, gather
from autoretrain_assets.home import Home
from autoretrain_assets.release import serving
from autoretrain_assets.words import many


def status(root: Path, now: datetime) -> Iterator[str]:
    """A line for each thing that an owner asks first, and last what to do next."""
    state = gather(Home.open(root), now)
    yield f"production: {_production(state, now)}"
    yield f"tasks: {_tasks(state.desk, now)}"
    yield from (f"in part: {one.task.key}: {one.in_part}" for one in state.desk.in_part)
    yield from (f"sent back: {key}: {why}" for key, why in state.desk.sent_back)
    yield from (f"lost: {key}: {why}" for key, why in state.desk.lost)
    yield from quality.lines(state)
    yield f"next version: {state.coming.version}: {state.coming.verdict.why}"
    yield from (f"drift: {one.source}, {one.day}: {', '.join(one.moved) or 'no alarm'}" for one in state.drift)
    yield from (f"decision: {_decision(one)}" for one in state.decisions)
    if state.coming.lost:
        yield f"damaged: {state.coming.lost}"
    yield f"quarantine: {_refused(state)}"
    yield f"at work: {', '.join(f'{run.job} {run.partition}' for run in state.at_work) or 'nothing'}"
    yield from (f"failed: {run.job} {run.partition} (run {run.id[:8]})" for run in state.failed)
    yield f"to do: {to_do(state)}"


def as_json(root: Path, now: datetime) -> dict[str, Any]:
    """The same, as JSON values. Times are ISO 8601 in UTC."""
    state = gather(Home.open(root), now)
    production, desk = state.production, state.desk
    return {
        "production": production
        and {
            "version": production.version,
            "since": production.at.isoformat(),
            "served": state.served,
        },
        "open_tasks": desk.open,
        "finished_tasks": desk.finished,
        "sent_back": [{"task": key, "why": why} for key, why in desk.sent_back],
        "collected_in_part": [
            {"task": one.task.key, "collected": one.collected, "images": one.images} for one in desk.in_part
        ],
        "lost": [{"task": key, "why": why} for key, why in desk.lost],
        "tasks_not_asked": desk.unasked or None,
        "oldest_task": desk.oldest and desk.oldest.isoformat(),
        "days_with_finished_tasks": state.desk.finished_days,
        "days_with_waiting_events": state.waiting_days,
        **quality.as_json(state),
        "next_version": state.coming.version,
        "due": state.coming.verdict.trigger,
        "why": state.coming.verdict.why,
        "drift": [{"source": one.source, "day": one.day.isoformat(), "moved": list(one.moved)} for one in state.drift],
        "decisions": [asdict(one) for one in state.decisions],
        "damaged": state.coming.lost,
        "quarantine": state.refused,
        "at_work": [{"run": run.id, "job": run.job, "partition": run.partition} for run in state.at_work],
        "failed": [{"run": run.id, "job": run.job, "partition": run.partition} for run in state.failed],
        "to_do": to_do(state),
    }


def to_do(state: State) -> str:
    """The most urgent thing: what stops the loop, then what waits for people, then what the loop does by itself."""
    return next(_to_do(state), "nothing")


def _to_do(state: State) -> Iterator[str]:
    if not state.inbox_is_there:
        yield "the inbox is gone: make its folder again, or mount it; `autoretrain check` says more"
    if state.production is not None and not state.served:
        yield f"production is damaged: {serving.way_out(state.production.version)}"
    yield from _to_do_at(state.desk)
    for run in state.failed:
        yield (
            f"`{run.job} {run.partition}` failed: its page in Dagster (`make ui`) says why; mend that, then "
            "`autoretrain run` tries again"
        )
    if state.desk.finished_days or state.waiting_days or state.coming.verdict.trigger:
        yield "`autoretrain run`, or the daemon, takes in what waits"
    if waiting := state.desk.open + len(state.desk.sent_back):
        again = f", {len(state.desk.sent_back)} of them anew" if state.desk.sent_back else ""
        yield f"finish {many(waiting, 'labelling task')}{again}: `autoretrain label list`"
    yield from quality.to_do(state)
    if state.refused:
        yield f"look at {many(state.refused, 'refused event')}: `autoretrain quarantine list`"


def _to_do_at(desk: Desk) -> Iterator[str]:
    """What keeps tasks from being collected."""
    if desk.unasked:
        yield "the labelling server does not answer as it should: `autoretrain check` says more"
    if desk.lost:
        yield f"restore {many(len(desk.lost), 'lost task')}, or `autoretrain label again TASK`"


def _production(state: State, now: datetime) -> str:
    if state.production is None:
        return "no model yet"
    damage = "" if state.served else "; its files are not what was released"
    return f"{state.production.version}, for {age(state.production.at, now)}, by {state.production.by}{damage}"


def _refused(state: State) -> str:
    if not state.refused:
        return "nothing"
    return f"{many(state.refused, 'event')}: `autoretrain quarantine list` says why"


def _tasks(desk: Desk, now: datetime) -> str:
    if desk.unasked:
        return f"cannot be asked about: {desk.unasked}"
    counts = ((desk.open, "open"), (len(desk.sent_back), "sent back"))
    told = ", ".join(f"{count} {state}" for count, state in counts if count) or "none open"
    if desk.oldest:
        told += f", the oldest for {age(desk.oldest, now)}"
    return f"{told}; {desk.finished} finished, for the next run" if desk.finished else told


def _decision(one: Decided) -> str:
    """The outcome and the first of its reasons, whole."""
    if one.adopted:
        return f"{one.version}: in production when this home was made, by no gate"
    first, *more = one.reasons
    rest = f"; {len(more)} more by `autoretrain explain {one.version}`" if more else ""
    return f"{one.version}: {one.outcome}: {first}{rest}"
