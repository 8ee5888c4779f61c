"""A local folder for events while the home is away: bounded, oldest dropped first, shared by several processes."""

import errno
import fcntl
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from autoretrain_assets.production.inbox import WRITING, write_whole
from autoretrain_assets.production.senders import TYPES, Refused
from autoretrain_assets.production.tally import Tally, Unusable

ENDING = ".event"
ABANDONED_SECONDS = 3600
"""A file that has been in writing for so long belongs to a process that was killed."""


class Buffer:
    """One file an event, named by its time: a line of JSON, then the image.

    Whoever sends or drops an entry holds its lock, so that two processes never both count it; the lock of a
    process that was killed falls.
    """

    def __init__(self, folder: Path, limit: int, tally: Tally) -> None:
        self._folder, self._limit, self._tally = folder, limit, tally

    def put(self, event: Mapping[str, Any], image: bytes, suffix: str, owner: str = "") -> None:
        """Keep an event as an entry of `owner`'s; older ones go where there is no room.

        Raises OSError where it cannot be kept.
        """
        content = json.dumps({"event": event, "suffix": suffix}, allow_nan=False).encode() + b"\n" + image
        if len(content) > self._limit:
            raise OSError(errno.EFBIG, f"{len(content)} bytes are more than the whole buffer may hold")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._make_room(self._limit - len(content))
        write_whole(self._folder / f"{time.time_ns()}-{uuid.uuid4().hex}-{owner}{ENDING}", content)

    def holds(self, owner: str) -> bool:
        """Whether an entry of `owner`'s waits; where the folder cannot be read, nobody can say that none does."""
        try:
            return any(path.name.endswith(f"-{owner}{ENDING}") for path in self._folder.iterdir())
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def entries(self) -> list[Path]:
        """What waits, oldest first; nothing where the folder cannot be read."""
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix == ENDING and path.is_file())
        except OSError:
            return []

    def pass_on(self, entry: Path, send: Callable[[Mapping[str, Any], bytes, str], None]) -> bool:
        """Send an entry and remove it; False where another process has it.

        One that was refused is removed too, and one that cannot be read, which raises Unusable. Whatever else
        goes wrong is no fault of the entry: it stays.
        """
        with _held(entry) as file:
            if file is None:
                return False
            try:
                event, suffix = _parsed(file.readline())
                send(event, file.read(), suffix)
            except (Refused, Unusable):
                entry.unlink()
                raise
            entry.unlink()
            return True

    def _make_room(self, room: int) -> None:
        """Drop the oldest until all together have at most `room` bytes, but none that is being sent."""
        sizes = {path: size for path in self._files() if (size := _size(path)) is not None}
        total = sum(sizes.values())
        for path in sorted(path for path in sizes if path.suffix == ENDING):
            if total <= room:
                return
            with _held(path) as file:
                if file is not None:
                    path.unlink()
                    total -= sizes[path]
                    self._tally.lose("buffer_full", "the oldest event made room for a newer one.")

    def _files(self) -> Iterator[Path]:
        """Every entry, and what is being written; what a killed process left half written goes. Nobody else's."""
        yield from self.entries()
        for path in self._folder.glob(f"{WRITING}*.tmp"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                    path.unlink()
                else:
                    yield path


def _parsed(line: bytes) -> tuple[dict[str, Any], str]:
    """An entry's event and the suffix of its image; raises Unusable."""
    try:
        said = json.loads(line)
        event, suffix = said["event"], said["suffix"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Unusable("buffer_broken", "an entry of the buffer cannot be read.") from error
    if not isinstance(event, dict) or not isinstance(suffix, str) or suffix not in TYPES:
        raise Unusable("buffer_broken", "an entry of the buffer holds no event.")
    return event, suffix


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


@contextmanager
def _held(entry: Path) -> Iterator[BinaryIO | None]:
    """The entry's file, locked; None where it is gone or another process holds it."""
    try:
        file = entry.open("rb")
    except FileNotFoundError:
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        try:
            yield file if os.fstat(file.fileno()).st_nlink else None
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # closing is not enough: a child that was forked meanwhile has it open too
