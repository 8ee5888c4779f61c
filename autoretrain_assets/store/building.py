"""A commit of the embedded store: its files, its folders and what is said of it, as objects in a new pack."""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

from autoretrain_assets.errors import StoreError
from autoretrain_assets.store.base import Content
from autoretrain_assets.store.pack import BLOB, COMMIT, TREE, Pack
from autoretrain_assets.store.plumbing import CHUNK
from autoretrain_assets.store.trees import Entry, Folder

_WRITER = "autoretrain <autoretrain@localhost>"
_PLAIN = b"100644"
_TO_COME = Entry(_PLAIN, b"")


def make_room(root: Folder, put: Iterable[str], delete: Iterable[str]) -> set[bytes]:
    """Let the parent's files be those of the commit, whose content `add_files` stores; returns ids that are there.

    Raises StoreError where no checkout could hold them.
    """
    wanted = set(put)
    for path in delete:
        if path not in wanted:
            root.remove(path)
    there = {path: entry for path in wanted if (entry := root.find(path))}
    for path in wanted - there.keys():
        root.put(path, _TO_COME)
    return {entry.id for entry in there.values()}


def add_files(pack: Pack, root: Folder, put: Mapping[str, Content]) -> None:
    """Put each file into the pack and its place. Raises StoreError where one cannot be read, or changes meanwhile."""
    for path, content in put.items():
        known = _add_file(pack, path, content) if isinstance(content, Path) else pack.add(BLOB, content)
        root.put(path, Entry(_PLAIN, known))


def add_commit(pack: Pack, root: Folder, message: bytes, parent: str | None, at: datetime) -> tuple[str, bytes]:
    """Put the folders and the commit into the pack; returns the commit's id and what it says."""
    tree = root.write(lambda content: pack.add(TREE, content))
    who = f"{_WRITER} {int(at.timestamp())} +0000"
    origin = f"parent {parent}\n" if parent else ""
    headers = f"tree {tree.hex()}\n{origin}author {who}\ncommitter {who}\n\n"
    content = headers.encode() + message
    return pack.add(COMMIT, content).hex(), content


def _add_file(pack: Pack, path: str, content: Path) -> bytes:
    try:
        source = content.open("rb", buffering=0)
    except OSError as error:
        raise StoreError(f"{content} cannot be stored as {path!r}: {error.strerror}. Nothing was committed.") from None
    with source:
        size = os.fstat(source.fileno()).st_size
        return pack.add_stream(BLOB, size, _chunks(source, content, size))


def _chunks(source: IO[bytes], name: Path, size: int) -> Iterator[bytes]:
    left = size
    while left and (chunk := source.read(min(left, CHUNK))):
        yield chunk
        left -= len(chunk)
    if left or source.read(1):
        raise StoreError(f"{name} changed while it was read. Nothing was committed; try again when it is at rest.")
