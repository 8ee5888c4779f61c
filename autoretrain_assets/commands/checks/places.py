"""The folders of a home: there, readable, writable, with room, and of no other time."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.home import Home
from autoretrain_assets.words import many

GIGABYTE = 1e9
LOOKED_AT = 10_000
"""Files of the inbox whose time is read: a backfill may have brought a million."""


def permissions(home: Home, _: datetime) -> str:
    """Raises InputError where a folder of the home cannot be written by this user."""
    folders = [home.root, *sorted(path for path in home.root.iterdir() if path.is_dir() and not path.is_symlink())]
    closed = [str(folder) for folder in folders if folder != home.inbox and not _can_write(folder)]
    if closed:
        raise InputError(f"cannot write in {', '.join(closed)}: give this user the right to, or be the home's owner.")
    return f"{len(folders)} folders can be written"


def inbox(home: Home, _: datetime) -> str:
    """Raises InputError where the inbox is gone, or cannot be read or written."""
    if not home.inbox.is_dir():
        raise InputError(f"{home.inbox} is gone: make the folder again, or mount it; production's events go there.")
    try:
        waiting = sum(1 for path in islice(home.inbox.iterdir(), LOOKED_AT) if not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"{home.inbox} cannot be read ({error.strerror}): let this user read it.") from None
    if not _can_write(home.inbox):
        raise InputError(f"cannot write in {home.inbox}: what was taken in could not be removed from there.")
    return f"{waiting} files and folders in it"


def disk(home: Home, _: datetime) -> str:
    """Raises InputError where less room is left than automation.min_free_gb."""
    free, least = shutil.disk_usage(home.root).free / GIGABYTE, home.settings.automation.min_free_gb
    if free < least:
        raise InputError(
            f"{free:.1f} GB are free, automation.min_free_gb asks for {least:g}: make room, or lower keep_days there."
        )
    return f"{free:.1f} GB are free"


def clock(home: Home, now: datetime) -> str:
    """Raises InputError where a file was written later than now: this clock or the writer's is wrong."""
    limit = now + timedelta(seconds=home.settings.feedback.clock_skew_seconds)
    for path in _files(home):
        written = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
        if written > limit:
            raise InputError(
                f"{path} is of {written:%Y-%m-%d %H:%M} UTC and it is {now:%Y-%m-%d %H:%M}: "
                "set this machine's clock, or that of who wrote the file, then touch the file."
            )
    return "no file is from the future"


def tables(home: Home, _: datetime) -> str:
    """Raises IntegrityError where a day's file is damaged; only the files' ends are read."""
    if wrong := [error for table in home.tables for error in table.damaged()]:
        raise IntegrityError(" ".join(map(str, wrong)))
    return f"{many(sum(len(table.days()) for table in home.tables), 'day')}, none damaged"


def _files(home: Home) -> Iterator[Path]:
    yield from (path for path in (home.root / "tables").rglob("*.parquet"))
    yield from islice((path for path in home.inbox.rglob("*") if path.is_file()), LOOKED_AT)


def _can_write(folder: Path) -> bool:
    """Asked by writing: rights alone do not tell of a file system that is mounted to be read only."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".check.", suffix=".tmp"):
            return True
    except OSError:
        return False
