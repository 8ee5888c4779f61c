"""What shows of an event file at a glance: which file it is, its time, its image, why it is none."""

import json
import stat
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.event import beside_its_event, parse
from autoretrain_assets.feedback.marks import Mark, Replaced, read

CACHED_EVENTS = 200_000
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
UNREADABLE = "event: may not be read: send it with the right to read it"
NOT_PLAIN = "event: not a plain file: send the file itself, not a link to it"


@dataclass(frozen=True, slots=True)
class Glance:
    """What is kept in memory of an event file: whole events of a long backfill would not fit."""

    captured_at: datetime | None
    image: str | None
    refusal: str | None


def glance_at(path: Path, mark: Mark, settings: Feedback) -> Glance:
    """What the file says, read once as long as its mark stays."""
    if path.is_symlink():
        return Glance(None, None, NOT_PLAIN)
    if mark[2] > settings.max_event_bytes:
        return Glance(None, None, f"event: {mark[2]} bytes, over feedback.max_event_bytes")
    try:
        return _parsed(str(path), mark)
    except Replaced:
        return Glance(None, None, None)
    except PermissionError:
        return Glance(None, None, UNREADABLE)


def image_of(path: Path, glance: Glance) -> Path | None:
    """The image that the event names; of an event that names none, the image that is called as the event is."""
    names = [glance.image] if glance.image else [path.stem + suffix for suffix in IMAGE_SUFFIXES]
    return next((path.parent / name for name in names if _is_plain(path.parent / name)), None)


def named_image(content: bytes) -> str | None:
    """The image that an event names, also one that is refused, if any can be read out of it."""
    try:
        document: Any = json.loads(content)
        return beside_its_event(document["image"])
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


@lru_cache(maxsize=CACHED_EVENTS)
def _parsed(path: str, mark: Mark) -> Glance:
    """A backfill asks for the same files once a day of its range; each is parsed once."""
    content = read(Path(path), mark)
    try:
        event = parse(content)
    except InputError as error:
        return Glance(None, named_image(content), str(error))
    return Glance(event.captured_at, event.image, None)
