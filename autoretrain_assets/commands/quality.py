"""How good the labels of a home are, and what holds them back, as `status` tells it."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from autoretrain_assets.commands.state import State
from autoretrain_assets.words import floored, many


def lines(state: State) -> Iterator[str]:
    """The quality of the last day that was measured, and what is held back; nothing where there is neither."""
    for row in state.labels.days.tail(1).iter_rows(named=True):
        on = many(row["measured"], "image")
        yield f"labels: {row['day']}: {floored(row['quality'])} alike with known answers, on {on}"
    if waiting := state.labels.waiting.len():
        yield f"waiting: {many(waiting, 'image')}, for a class that the model does not know"
    yield from (f"held back: {reason}" for reason in state.held_back)


def as_json(state: State, agreement: pl.DataFrame) -> dict[str, Any]:
    """The same and how far annotators agree (one, other, images, agreement), as JSON values; figures from 0 to 1."""
    measured = [row | {"day": row["day"].isoformat()} for row in state.labels.days.iter_rows(named=True)]
    return {
        "proposed_classes": state.labels.proposed.to_dicts(),
        "images_waiting_for_a_class": state.labels.waiting.len(),
        "label_quality": measured[-1] if measured else None,
        "blocked_days": [row for row in measured if row["blocked"]],
        "held_back": list(state.held_back),
        "agreement": agreement.to_dicts(),
    }


def to_do(state: State) -> Iterator[str]:
    """What only people can do about it."""
    if blocked := state.labels.blocked.height:
        yield f"correct the labels of {many(blocked, 'blocked day')}, or lower labeling.min_day_quality"
    if proposed := state.labels.proposed.height:
        yield f"decide on {many(proposed, 'proposed class', 'proposed classes')}: labeling.refused_classes"
