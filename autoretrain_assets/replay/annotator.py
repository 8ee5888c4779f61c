"""A simulated annotator: answers from the ground truth, as carefully as it is told to be."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autoretrain_assets.boxes import Box

MIN_SIDE_PX = 2.0


@dataclass(frozen=True, slots=True)
class AnnotatorSettings:
    """`miss_rate` and `mislabel_rate` are per object; `shift` is how far a box lies off, in parts of its size."""

    miss_rate: float = 0.0
    mislabel_rate: float = 0.0
    shift: float = 0.0


CAREFUL = AnnotatorSettings()
SLOPPY = AnnotatorSettings(miss_rate=0.1, mislabel_rate=0.5, shift=0.5)
"""Wrong in ways that no formal review sees: every box is inside its image and of a known class."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What stands in an image, and its size in pixels."""

    width: int
    height: int
    boxes: Sequence[Box]


def answer(
    images: Mapping[str, Truth], settings: AnnotatorSettings, classes: Sequence[str], seed: int
) -> dict[str, list[Box]]:
    """An answer for every image, by sha256; the same seed answers an image alike whatever else is asked."""
    return {sha256: _answer(truth, settings, classes, _random(seed, sha256)) for sha256, truth in images.items()}


def _answer(
    truth: Truth, settings: AnnotatorSettings, classes: Sequence[str], random: np.random.Generator
) -> list[Box]:
    seen = [box for box in truth.boxes if random.uniform() >= settings.miss_rate]
    return [_drawn(box, truth, settings, classes, random) for box in seen]


def _drawn(
    box: Box, truth: Truth, settings: AnnotatorSettings, classes: Sequence[str], random: np.random.Generator
) -> Box:
    width, height = box.x2 - box.x1, box.y2 - box.y1
    dx, dy = random.choice([-1, 1], 2) * random.uniform(0.6, 1.4, 2) * settings.shift * np.array([width, height])
    others = [name for name in classes if name != box.label]
    wrong = bool(others) and random.uniform() < settings.mislabel_rate
    x1 = float(np.clip(box.x1 + dx, 0, max(0.0, truth.width - MIN_SIDE_PX)))
    y1 = float(np.clip(box.y1 + dy, 0, max(0.0, truth.height - MIN_SIDE_PX)))
    return Box(
        label=str(random.choice(others)) if wrong else box.label,
        x1=x1,
        y1=y1,
        x2=float(min(truth.width, max(box.x2 + dx, x1 + MIN_SIDE_PX))),
        y2=float(min(truth.height, max(box.y2 + dy, y1 + MIN_SIDE_PX))),
    )


def _random(seed: int, sha256: str) -> np.random.Generator:
    digest = hashlib.sha256(f"annotator/{seed}/{sha256}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))
