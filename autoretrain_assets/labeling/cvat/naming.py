"""How a batch's tasks are called: by its key, so that it is found again, and by how far it is made.

A task has its name only when all of it is there. Until then it is called what it is: being made.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import TypeVar

from autoretrain_assets.labeling.base import BatchImage, KnownImage
from autoretrain_assets.labeling.task_files import file_name

T = TypeVar("T")
_BEING_MADE = " (being made)"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One of a batch's tasks: the `number`th of `of`, from 1."""

    key: str
    number: int = 1
    of: int = 1

    @property
    def name(self) -> str:
        """What it is called once it is whole."""
        return self.key if self.of == 1 else f"{self.key} {self.number}/{self.of}"

    @property
    def name_before(self) -> str:
        """What it is called while it is being made."""
        return self.name + _BEING_MADE


def part_of(key: str, name: str) -> tuple[Part, bool] | None:
    """Which of the batch's tasks has that name, and whether it is whole; None where it is another batch's."""
    found = re.fullmatch(rf"{re.escape(key)}(?: (\d+)/(\d+))?({re.escape(_BEING_MADE)})?", name, re.ASCII)
    if found is None:
        return None
    number, of, unfinished = found.groups()
    return Part(key, int(number or 1), int(of or 1)), unfinished is None


def frame_name(image: BatchImage | KnownImage) -> str:
    """What an image is called on the server: by its content, so that no two share a name."""
    return file_name(image)


def sha256_of(frame: str) -> str:
    """The image that a frame of that name shows."""
    return PurePath(frame).stem


def by_urgency(images: Sequence[BatchImage]) -> list[BatchImage]:
    """What operators reported first, in the order it came, as the first jobs are taken first."""
    return sorted(images, key=lambda image: (not image.reports, "operator" not in image.reasons))


def split(things: Sequence[T], parts: int) -> list[list[T]]:
    """`things` in so many stretches, as equal as can be."""
    edges = [len(things) * number // parts for number in range(parts + 1)]
    return [list(things[low:high]) for low, high in pairwise(edges)]
