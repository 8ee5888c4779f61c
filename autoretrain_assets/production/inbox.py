"""An event in a folder: a JSON file beside its image."""

import errno
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

WRITING = ".feedback-"
"""What our files are called until they are whole; `.tmp` is behind it."""

NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


def write_event(inbox: Path, event: Mapping[str, Any], image: bytes | Path, suffix: str = ".jpg") -> Path:
    """Put an event and its image into the inbox, durably; returns the event's file.

    The image is whole before the event appears. `event` needs event_id and captured_at (ISO 8601 with a
    zone); its `image` is set here. The same event again is one file. Another event of the same id does not
    take the first one's place, however many write at once: it gets a name of its own, and intake refuses it.
    Where the file system knows no links, as FAT, two that write one id in the same instant may still meet.
    The inbox is never made, only the day's folder in it: where a volume is not mounted, events would vanish below it.
    Raises ValueError where the id cannot be a file's name or captured_at is no time with a zone, OSError where the
    inbox is gone or cannot be written.
    """
    event_id, content = str(event["event_id"]), image if isinstance(image, bytes) else image.read_bytes()
    if not is_event_id(event_id):
        raise ValueError(f"event_id {event_id!r}: use 1 to 128 of A-Z a-z 0-9 . _ : - and no dot in front.")
    folder = inbox / _day(str(event["captured_at"]))
    is_new = not folder.exists()
    make_below(inbox, folder)
    own = f"{event_id}~{hashlib.sha256(_said(event, event_id, suffix) + content).hexdigest()[:12]}"
    for name in (event_id, own):
        if _pair_is_put(folder / name, content, suffix, _said(event, name, suffix)):
            flush_folder(folder)
            if is_new:
                flush_folder(inbox)
            return folder / f"{name}.json"
    raise FileExistsError(errno.EEXIST, f"{own} is another event's already")


def is_event_id(text: str) -> bool:
    """Whether an event may be called so: it becomes a file's name."""
    return re.fullmatch(r"[A-Za-z0-9_:-][A-Za-z0-9._:-]{0,127}", text) is not None


def write_whole(path: Path, content: bytes) -> None:
    """Write the file durably, so that whoever looks finds all of it or nothing; raises OSError."""
    with _whole(path.parent, content) as written:
        written.replace(path)


def make_below(inbox: Path, folder: Path) -> None:
    """Make `folder` and those above it up to the inbox, but not that; raises FileNotFoundError where it is gone."""
    if not inbox.is_dir():
        raise FileNotFoundError(errno.ENOENT, "the inbox is gone: make its folder, or mount it", str(inbox))
    made = inbox
    for name in folder.relative_to(inbox).parts:
        made /= name
        made.mkdir(exist_ok=True)


def flush_folder(folder: Path) -> None:
    """Put the names of its files on the disk; raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # a share that cannot do it, which has its own ways
            raise
    finally:
        os.close(handle)


def _pair_is_put(stem: Path, image: bytes, suffix: str, said: bytes) -> bool:
    """Put both under one name, the image first; False where one of the two is another event's."""
    image_file, event_file = stem.parent / f"{stem.name}{suffix}", stem.parent / f"{stem.name}.json"
    if _found(event_file) not in {None, said}:
        return False
    return _is_put(image_file, image) and _is_put(event_file, said, lambda: _is_renewed(image_file, image))


def _is_renewed(path: Path, content: bytes) -> bool:
    """Whether an image is there and will stay: intake, which may be removing it as an earlier event's, leaves a file
    that is no longer of the time that it saw.
    """
    now = time.time_ns()
    try:
        with suppress(PermissionError):  # it is somebody else's
            os.utime(path, ns=(now, now))
    except FileNotFoundError:
        return _is_put(path, content)
    return True


def _is_put(path: Path, content: bytes, is_ready: Callable[[], bool] = lambda: True) -> bool:
    """Whether the file has that content now. A link takes a name only where it is free, and is whole at once.

    Where it is not there yet, `is_ready` is asked just before it appears.
    """
    if (found := _found(path)) is not None:
        return found == content
    with _whole(path.parent, content) as written:
        if not is_ready():
            return False
        try:
            path.hardlink_to(written)
        except FileExistsError:
            return _found(path) == content
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            written.replace(path)
    return True


@contextmanager
def _whole(folder: Path, content: bytes) -> Iterator[Path]:
    """A file of that content on the disk, which goes in the end if it still has its passing name."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=WRITING, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)  # a disk that is full must not fill with halves


def _found(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _day(captured_at: str) -> str:
    captured = datetime.fromisoformat(captured_at)
    if captured.tzinfo is None:
        raise ValueError(f"captured_at {captured_at!r} has no time zone: write it as 2026-03-02T10:00:00+00:00.")
    return captured.astimezone(UTC).date().isoformat()


def _said(event: Mapping[str, Any], name: str, suffix: str) -> bytes:
    return json.dumps({**event, "image": f"{name}{suffix}"}, allow_nan=False).encode()
