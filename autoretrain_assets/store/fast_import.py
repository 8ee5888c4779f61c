"""One commit through one `git fast-import`: any number of files, a chunk of one in memory at a time."""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

from autoretrain_assets.errors import StoreError
from autoretrain_assets.store.base import Content
from autoretrain_assets.store.plumbing import CHUNK, conversation

_WRITER = "autoretrain <autoretrain@localhost>"


def write_commit(
    repository: Path,
    ref: str,
    put: Mapping[str, Content],
    *,
    message: bytes,
    delete: Iterable[str],
    parent: str | None,
    created_at: datetime,
) -> str:
    """Write a commit, point the new `ref` at it and answer its id.

    `delete` names files of `parent`. Raises StoreError, with `ref` not made, where a file of `put`
    cannot be read or changes while it is read.
    """
    # --done: a stream that just ends, because its writer was killed, is an error and makes no commit.
    with conversation(repository, "fast-import", "--quiet", "--done", "--depth=0") as (stream, answers):
        stream.write(_header(ref, message, parent, created_at))
        stream.writelines(b"D %s\n" % _quoted(path) for path in delete)
        for path, content in put.items():
            _write_file(stream, path, content)
        stream.write(b"\nget-mark :1\ndone\n")
        stream.close()
        identifier = answers.readline().decode().strip()
        if not identifier:
            raise EOFError
    return identifier


def _header(ref: str, message: bytes, parent: str | None, created_at: datetime) -> bytes:
    who = f"{_WRITER} {int(created_at.timestamp())} +0000"
    lines = f"commit {ref}\nmark :1\nauthor {who}\ncommitter {who}\ndata {len(message)}\n".encode()
    origin = f"from {parent}\n".encode() if parent else b""
    return lines + message + b"\n" + origin


def _write_file(stream: IO[bytes], path: str, content: Content) -> None:
    stream.write(b"M 100644 inline %s\n" % _quoted(path))
    if isinstance(content, bytes):
        stream.write(b"data %d\n%s\n" % (len(content), content))
        return
    try:
        source = content.open("rb")
    except OSError as error:
        raise StoreError(f"{content} cannot be stored as {path!r}: {error.strerror}. Nothing was committed.") from None
    with source:
        _copy(stream, source, content)


def _copy(stream: IO[bytes], source: IO[bytes], name: Path) -> None:
    left = os.fstat(source.fileno()).st_size
    stream.write(b"data %d\n" % left)
    while left and (chunk := source.read(min(left, CHUNK))):
        stream.write(chunk)
        left -= len(chunk)
    if left or source.read(1):
        raise StoreError(f"{name} changed while it was read. Nothing was committed; try again when it is at rest.")
    stream.write(b"\n")


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode()
