"""A simulated operator: compares what the model shows with what is there, and reports some of the errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoretrain_assets.boxes import Array, Box, iou

FOUND_IOU, SLIPPED_IOU = 0.5, 0.3


@dataclass(frozen=True, slots=True)
class OperatorSettings:
    """Rates are per error; a wrong report claims a false positive where the model was right."""

    miss_rate: float = 0.2
    wrong_rate: float = 0.0
    random_share: float = 0.5
    shown_confidence: float = 0.25


def verdicts(
    truth: Sequence[Box], predictions: Sequence[Box], settings: OperatorSettings, random: np.random.Generator
) -> list[dict[str, Any]]:
    """What the operator reports of one image: verdicts as an event holds them.

    A shown box that overlaps an object by 0.5 found it (wrong_class when it names another class); by 0.3 to 0.5
    with the right class it is a bad_box; any other is a false_positive. An object that nothing found is missed.
    """
    shown = sorted((box for box in predictions if (box.confidence or 0) >= settings.shown_confidence), key=_confidence)
    overlap = iou(_corners(shown), _corners(truth))
    free = set(range(len(truth)))
    judged = [(box, _judge(box, overlap[at], truth, free)) for at, box in enumerate(shown)]
    errors = [error for _, error in judged if error is not None]
    errors += [_verdict("missed", truth[at], truth[at].label) for at in sorted(free)]
    reported = [error for error in errors if random.uniform() >= settings.miss_rate]
    mistaken = [box for box, error in judged if error is None and random.uniform() < settings.wrong_rate]
    return reported + [_verdict("false_positive", box, box.label) for box in mistaken]


def _judge(box: Box, overlap: Array, truth: Sequence[Box], free: set[int]) -> dict[str, Any] | None:
    """What is wrong with a shown box; takes the object that it stands for out of `free`."""
    near = sorted(
        (at for at in free if overlap[at] >= SLIPPED_IOU), key=lambda at: (truth[at].label != box.label, -overlap[at])
    )
    for at in near:
        same = truth[at].label == box.label
        if overlap[at] >= FOUND_IOU:
            free.discard(at)
            return None if same else _verdict("wrong_class", box, truth[at].label)
        if same:
            free.discard(at)
            return _verdict("bad_box", box, box.label)
    return _verdict("false_positive", box, box.label)


def _verdict(kind: str, box: Box, label: str) -> dict[str, Any]:
    return {"kind": kind, "label": label, "x1": box.x1, "y1": box.y1, "x2": box.x2, "y2": box.y2}


def _corners(boxes: Sequence[Box]) -> Array:
    return np.array([(box.x1, box.y1, box.x2, box.y2) for box in boxes], dtype=np.float64).reshape(-1, 4)


def _confidence(box: Box) -> float:
    return -(box.confidence or 0.0)
