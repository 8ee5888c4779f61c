"""Whether there is room for one more: in memory, on the disk, in the inbox."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autoretrain_assets.config.settings import Door
from autoretrain_assets.door.answers import Refused

SOON, LATER = 1, 30
"""Seconds after which to come again: requests end at once, disks and inboxes empty slowly."""

COUNTED_EVERY = 10.0
"""Seconds between two counts of the inbox."""


class Gate:
    """Lets a bounded number of requests, of bounded size together, be at work. One event loop uses it."""

    def __init__(self, settings: Door, largest: int) -> None:
        self._requests, self._bytes = settings.max_requests, max(settings.max_bytes, largest)

    @contextmanager
    def entered(self, size: int) -> Iterator[None]:
        """Be at work for the block, with so many bytes of body; raises Refused where there is no room now."""
        if self._requests < 1 or self._bytes < size:
            raise Refused(503, "too many events at once: send it again.", retry_after=SOON)
        self._requests, self._bytes = self._requests - 1, self._bytes - size
        try:
            yield
        finally:
            self._requests, self._bytes = self._requests + 1, self._bytes + size


class Room:
    """What the inbox and its disk can still take."""

    def __init__(self, inbox: Path, settings: Door) -> None:
        self._inbox, self._settings = inbox, settings
        self._waiting, self._count_at = 0, 0.0

    def took(self) -> None:
        """Count one more, until the inbox is counted again."""
        self._waiting += 1

    async def shortage(self) -> str | None:
        """What is short, in one sentence without any figure or path; None where there is room."""
        if time.monotonic() >= self._count_at:
            self._count_at = time.monotonic() + COUNTED_EVERY
            self._waiting = await asyncio.to_thread(_count, self._inbox)
        if self._waiting >= self._settings.max_waiting:
            return "too many events wait to be taken in."
        try:
            disk = os.statvfs(self._inbox)
        except OSError:
            return "the inbox is gone."
        if not os.access(self._inbox, os.W_OK | os.X_OK):
            return "the inbox cannot be written."
        if disk.f_bavail * disk.f_frsize < self._settings.min_free_bytes:
            return "the disk is full."
        return None


def _count(inbox: Path) -> int:
    return sum(name.endswith(".json") for _, _, names in os.walk(inbox) for name in names)
