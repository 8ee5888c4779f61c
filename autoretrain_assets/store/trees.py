"""The folders of a commit, as git keeps them: a tree object each, read and written no more than needed."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.store.names import file_and_folder
from autoretrain_assets.store.pack import TREE, object_id

Read = Callable[[bytes], bytes]
"""Answers with an object's bytes to its id."""

_ROW = re.compile(rb"([0-7]+ ([^\0]+)\0.{20})", re.DOTALL)
_FOLDER = b"40000 "


class Entry(NamedTuple):
    """One file: how git calls its mode and, as 20 bytes, its content."""

    mode: bytes
    id: bytes


class Folder:
    """One folder, as it was or with changes; what lies in it is read when somebody looks.

    A folder that is new has no id. Of the many files of a folder few are looked at, so their rows stay as git wrote
    them; the name of a folder ends with a slash here, as git sorts it.
    """

    def __init__(self, read: Read, identifier: bytes | None = None) -> None:
        self._read, self._id = read, identifier
        self._opened: dict[bytes, Folder] = {}
        self._is_read = False

    def find(self, path: str) -> Entry | None:
        """The file at `path` below this folder."""
        name, _, rest = path.partition("/")
        if rest:
            below = self._folder(name)
            return below.find(rest) if below else None
        row = self._rows.get(_encoded(name))
        return None if row is None else _entry(row)

    def walk(self, start: str = "", above: str = "") -> Iterator[tuple[str, Entry]]:
        """The files whose paths begin with `start`, each with its path."""
        for name, row in self._rows.items():
            path = above + _decoded(name)
            if not name.endswith(b"/"):
                if path.startswith(start):
                    yield path, _entry(row)
            elif path.startswith(start) or start.startswith(path):
                yield from self._open(name).walk(start, path)

    def remove(self, path: str) -> None:
        """Take the file at `path` away, if there is one."""
        name, _, rest = path.partition("/")
        if not rest:
            self._rows.pop(_encoded(name), None)
        elif below := self._folder(name):
            below.remove(rest)

    def put(self, path: str, entry: Entry, above: str = "") -> None:
        """Let `entry` be the file at `path`; raises StoreError where a path would be a file and a folder."""
        name, _, rest = path.partition("/")
        plain = _encoded(name)
        if plain not in self._rows or rest:
            self._make_room(plain, above + name, is_folder=bool(rest))
        if rest:
            self._open(plain + b"/").put(rest, entry, f"{above}{name}/")
        else:
            self._rows[plain] = b"%s %s\0%s" % (entry.mode, plain, entry.id)

    @property
    def has_files(self) -> bool:
        """Whether there is any file in it, or below."""
        return next(self.walk(), None) is not None

    def write(self, add: Callable[[bytes], bytes]) -> bytes:
        """The id of this folder as it is now; `add` keeps the bytes of a tree that is new and answers with its id."""
        if self._id is not None and not self._is_read:
            return self._id
        for name, folder in self._opened.items():
            if name in self._rows:
                self._rows[name] = _FOLDER + name[:-1] + b"\0" + folder.write(add) if folder.has_files else b""
        content = b"".join([self._rows[name] for name in sorted(self._rows)])
        return self._id if self._id == object_id(TREE, content) else add(content)

    @cached_property
    def _rows(self) -> dict[bytes, bytes]:
        self._is_read = True
        content = b"" if self._id is None else self._read(self._id)
        rows = _ROW.findall(content)
        if sum(len(row) for row, _ in rows) != len(content):
            raise IntegrityError(
                f"The version store's list of files {(self._id or b'').hex()} is damaged: restore its folder from a "
                "backup; `autoretrain store verify` tells what else is damaged."
            )
        return {name + b"/" if row.startswith(_FOLDER) else name: row for row, name in rows}

    def _make_room(self, plain: bytes, path: str, *, is_folder: bool) -> None:
        folder = plain + b"/"
        if is_folder:
            if plain in self._rows:
                raise file_and_folder(path)
            self._rows.setdefault(folder, b"")
        elif folder in self._rows:
            if self._open(folder).has_files:
                raise file_and_folder(path)
            del self._rows[folder]

    def _folder(self, name: str) -> "Folder | None":
        known = _encoded(name) + b"/"
        return self._open(known) if known in self._rows else None

    def _open(self, name: bytes) -> "Folder":
        if name not in self._opened:
            row = self._rows[name]
            self._opened[name] = Folder(self._read, _entry(row).id if row else None)
        return self._opened[name]


def _entry(row: bytes) -> Entry:
    return Entry(row.partition(b" ")[0], row[-20:])


def _decoded(name: bytes) -> str:
    return name.decode(errors="surrogateescape")


def _encoded(name: str) -> bytes:
    return name.encode(errors="surrogateescape")
