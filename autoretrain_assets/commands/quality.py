"""How good the labels of a home are, and what holds them back, as `status` tells it."""

from collections.abc import Iterator
from typing import Any

from autoretrain_assets.commands.state import State
from autoretrain_assets.words import floored, many

TOLD = 5
"""Pairs of annotators that are told one by one."""


def lines(state: State) -> Iterator[str]:
    """The quality of the last day that was measured, what is held back, and how far people agree; nothing of none."""
    for row in state.labels.days.tail(1).iter_rows(named=True):
        on = many(row["measured"], "image")
        yield f"labels: {row['day']}: {floored(row['quality'])} alike with known answers, on {on}"
    if waiting := state.labels.waiting.len():
        yield f"waiting: {many(waiting, 'image')}, for a class that the model does not know"
    yield from (f"held back: {reason}" for reason in state.held_back)
    yield from _agreement(state)


def as_json(state: State) -> dict[str, Any]:
    """The same, as JSON values; figures from 0 to 1."""
    measured = [row | {"day": row["day"].isoformat()} for row in state.labels.days.iter_rows(named=True)]
    return {
        "proposed_classes": state.labels.proposed.to_dicts(),
        "images_waiting_for_a_class": state.labels.waiting.len(),
        "label_quality": measured[-1] if measured else None,
        "blocked_days": [row for row in measured if row["blocked"]],
        "held_back": list(state.held_back),
        "agreement": state.agreement.to_dicts(),
        "disagreements": list(state.disagreements),
    }


def to_do(state: State) -> Iterator[str]:
    """What only people can do about it."""
    if blocked := state.labels.blocked.height:
        yield f"correct the labels of {many(blocked, 'blocked day')}, or lower labeling.min_day_quality"
    if proposed := state.labels.proposed.height:
        yield f"decide on {many(proposed, 'proposed class', 'proposed classes')}: labeling.refused_classes"
    if state.disagreements:
        pairs = many(len(state.disagreements), "pair")
        yield f"let people settle what is to be drawn: {pairs} with too little agreement"


def _agreement(state: State) -> Iterator[str]:
    """Those who agree least, and after them who agree too little in words."""
    for row in state.agreement.sort("agreement", "one", "other").head(TOLD).iter_rows(named=True):
        alike = f"{floored(row['agreement'])} alike, on {many(row['images'], 'image')}"
        yield f"agreement: {row['one']} and {row['other']}: {alike}"
    if (more := state.agreement.height - TOLD) > 0:
        yield f"agreement: {many(more, 'more pair')}, who agree more: `autoretrain status --json` has all"
    yield from (f"disagreement: {sentence}" for sentence in state.disagreements)
