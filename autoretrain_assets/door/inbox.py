"""Put an event into the inbox so that it outlives a power cut, and an event of the same id never harms it."""

import zlib
from pathlib import Path
from typing import Any

import msgspec

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.event import Event, parse
from autoretrain_assets.locks import held
from autoretrain_assets.production import write_event
from autoretrain_assets.production.inbox import flush_folder

LOCKS = 1024
"""Ids share so many locks: few enough files, and two of the few writers at work seldom meet."""


class IdTaken(InputError):
    """The id stands for another event of that day."""


class Inbox:
    """The inbox of a home. Any number of threads and servers may write to the same one."""

    def __init__(self, root: Path, locks: Path) -> None:
        self._root, self._locks = root, locks
        self._flushed: set[int] = set()

    def put(self, event: Event, image: bytes, suffix: str) -> bool:
        """Write the event, and return once it is on the disk; False where it waits there already.

        Raises IdTaken where another event of that id and day waits; one that intake has taken in since is
        intake's to compare. Raises InputError where the id cannot be a file's name, OSError where the disk
        refuses. The image's `suffix` begins with a dot.
        """
        file = self._root / event.captured_at.date().isoformat() / f"{event.event_id}.json"
        with held(self._locks / f"{zlib.crc32(event.event_id.encode()) % LOCKS}.lock"):
            waiting = _waiting(file)
            if waiting is None:
                self._write(event, image, suffix)
            elif waiting != (_said(event), image):
                raise IdTaken(f"event_id: {event.event_id!r} is another event's of that day: give each its own.")
            else:
                flush_folder(file.parent)  # whoever wrote it may not have come so far
            self._flush_name_of(file.parent)
        return waiting is None

    def _write(self, event: Event, image: bytes, suffix: str) -> None:
        try:
            write_event(self._root, _said(event), image, suffix)
        except ValueError as error:
            raise InputError(f"event_id: {error}") from None

    def _flush_name_of(self, folder: Path) -> None:
        """What is in a folder is on the disk when the folder's own name is, whoever made it."""
        inode = folder.stat().st_ino
        if inode not in self._flushed:
            flush_folder(self._root)
            self._flushed.add(inode)


def _said(event: Event) -> dict[str, Any]:
    """The event as JSON, alike for all that say the same."""
    names: dict[str, Any] = msgspec.to_builtins(event)
    del names["image"]
    return names | {"captured_at": event.captured_at.isoformat()}


def _waiting(file: Path) -> tuple[dict[str, Any], bytes] | None:
    """The event at that place and its image; None where there is none, or intake takes it right now."""
    try:
        event = parse(file.read_bytes())
        return _said(event), (file.parent / event.image).read_bytes()
    except FileNotFoundError:
        return None
    except InputError:
        return {}, b""
