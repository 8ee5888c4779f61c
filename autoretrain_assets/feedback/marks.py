"""Which file was seen: other hands may replace it at any moment between two looks."""

import os
import shutil
from pathlib import Path

from autoretrain_assets.errors import InputError
from autoretrain_assets.files import plain_file

Mark = tuple[int, int, int]
"""Inode, time of change in ns, size: what tells a file from another one that took its name."""


class Replaced(Exception):
    """The file is gone, or no longer the one that was seen: the next pass looks anew."""


def mark_of(path: Path) -> Mark | None:
    """Which file stands at `path`, of links the link itself; None where there is none."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return _mark(status)


def read(path: Path, mark: Mark) -> bytes:
    """The bytes of the very file that was seen; raises Replaced where it is another, else as `open` does."""
    *_, size = mark
    try:
        with plain_file(path) as file:
            _check(file.fileno(), mark)
            content = file.read(size)
            _check(file.fileno(), mark)
    except (FileNotFoundError, InputError) as error:
        raise Replaced(path) from error
    return content


def copy(path: Path, mark: Mark, target: Path) -> None:
    """Copy the very file that was seen, piece by piece; raises as `read` does."""
    try:
        with plain_file(path) as file, target.open("wb") as written:
            _check(file.fileno(), mark)
            shutil.copyfileobj(file, written, 1 << 20)
            written.flush()
            os.fsync(written.fileno())
            _check(file.fileno(), mark)
    except (FileNotFoundError, InputError) as error:
        raise Replaced(path) from error


def _check(handle: int, mark: Mark) -> None:
    if _mark(os.fstat(handle)) != mark:
        raise Replaced


def _mark(status: os.stat_result) -> Mark:
    return status.st_ino, status.st_mtime_ns, status.st_size
