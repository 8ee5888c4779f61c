"""Files that are whole or absent: every write goes to a temporary name, is flushed, then renamed."""

import errno
import hashlib
import io
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from autoretrain_assets.errors import InputError, IntegrityError


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        flush(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def move(source: Path, target: Path) -> None:
    """Let the file take the place of `target`, atomically from another disk too."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with atomic_path(target) as temporary:
            shutil.copyfile(source, temporary)
        source.unlink()


def flush(path: Path) -> None:
    """Let a file's content, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically; its file is opened once, for thousands are written so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
            os.fchmod(handle, 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_text(path: Path, content: str) -> None:
    """Write `content` to `path` atomically, as UTF-8."""
    write_bytes(path, content.encode())


def write_json(path: Path, content: Any) -> None:
    """Write `content` to `path` atomically, indented and with sorted keys so that equal content is equal bytes."""
    write_text(path, json_text(content))


def json_text(content: Any) -> str:
    """`content` as JSON, indented and with sorted keys so that equal content is equal text."""
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Write `frame` to `path` atomically."""
    with atomic_path(path) as temporary:
        frame.write_parquet(temporary)


@contextmanager
def plain_file(path: Path) -> Iterator[io.BufferedReader]:
    """A file that others may have written, open to read; raises OSError as open does.

    Raises InputError where it is a link, which may lead anywhere, or a pipe, at which a reader would wait for ever.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise InputError(f"{path} is a link or a socket: put a plain file there.") from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError(f"{path} is a folder, a pipe or a device: put a plain file there.")
    with os.fdopen(handle, "rb") as file:
        yield file


def read_plain(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file that others may have written, and no more than `max_bytes`.

    Raises FileNotFoundError where there is none, and InputError where it is larger, no plain file or
    may not be read.
    """
    try:
        with plain_file(path) as file:
            content = file.read(max_bytes + 1)
    except PermissionError as error:
        raise InputError(f"{path} may not be read: give the right to read it.") from error
    if len(content) > max_bytes:
        raise InputError(f"{path} is larger than {max_bytes} bytes: it cannot be what belongs there.")
    return content


def sha256_of(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_sha256(path: Path, expected: str) -> None:
    """Raise IntegrityError unless the file's sha256 is `expected`."""
    if not path.is_file():
        raise IntegrityError(f"{path} is missing: restore it from the version store or from a backup.")
    actual = sha256_of(path)
    if actual != expected:
        raise IntegrityError(
            f"{path} has sha256 {actual[:12]}…, recorded was {expected[:12]}…: "
            "it changed after it was recorded. Restore it; it is not used as it is."
        )


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`: a hard link where the file system allows it, else a copy.

    Does nothing where `target` exists already: both are named by content.
    """
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:
        with atomic_path(target) as temporary:
            shutil.copyfile(source, temporary)
