"""A task's images, and which of them have known answers."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Frame:
    """One image in its place; `content` is what was stored, appended bytes included."""

    name: str
    width: int
    height: int
    content: bytes


@dataclass
class Media:
    """A task's images: `staged` while they come, `frames` once they were taken in."""

    id: int
    staged: dict[str, bytearray] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    quality: int = 70
    updated: datetime | None = None


@dataclass
class Validation:
    """Which frames have a known answer: mode `gt` (their own places) or `gt_pool` (copies in every job)."""

    mode: str
    frames: list[int]
    frames_per_job: int | None = None
    disabled: list[int] = field(default_factory=list)
    honeypots: dict[int, int] = field(default_factory=dict)
    """A honeypot's frame, and the frame of the pool that it repeats."""
