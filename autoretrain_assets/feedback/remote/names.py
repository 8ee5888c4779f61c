"""Names that a remote listing holds: anybody who may write there chose them."""

import re

from autoretrain_assets.feedback.event import MAX_NAME_BYTES
from autoretrain_assets.feedback.glance import IMAGE_SUFFIXES

UNUSABLE = re.compile(r"[\x00-\x1f\x7f/\\?#*\[\]]")
"""What no plain name has, or what an fsspec protocol reads as a version, a part or a pattern."""

RESERVED = re.compile(r"\.{1,2}|(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def is_usable(name: str) -> bool:
    """Whether a local file may be called so, on any file system, and a remote one asked for by it."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return False
    return 0 < size <= MAX_NAME_BYTES and not (UNUSABLE.search(name) or RESERVED.fullmatch(name))


def images_called_as(event: str) -> list[str]:
    """The names of images that are called as the event, but for the suffix."""
    stem = event.rpartition(".")[0]
    return [stem + suffix for suffix in IMAGE_SUFFIXES]


def readable(text: str, length: int = 80) -> str:
    """The text for a sentence: on one line, all of it visible, cut off after `length` signs."""
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[: length + 1])
    return shown if len(shown) <= length else f"{shown[:length]}…"
