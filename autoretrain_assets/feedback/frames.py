"""The accepted images, named by the sha256 of their bytes."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import move, write_bytes
from autoretrain_assets.images import FORMATS
from autoretrain_assets.locks import held

_NAME = re.compile(r"[0-9a-f]{64}\.[a-z]+")


class Frames:
    """A folder of images by content: `ab/abcd….jpg`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def _lock(self) -> Path:
        """Whoever puts an image that is there already must not lose it to one who removes it."""
        return self._root / ".lock"

    def put(self, content: bytes, suffix: str) -> str:
        """Keep an image; returns its sha256. The same bytes twice are one file, which is as new as the last of them."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._root / sha256[:2] / f"{sha256}.{suffix}"
        with held(self._lock, shared=True):
            if not _renewed(path):
                write_bytes(path, content)
        return sha256

    def take(self, file: Path, sha256: str) -> None:
        """Keep the image in `file`, which has that sha256 and moves here, in place of one that lost its bytes."""
        target = self._root / sha256[:2] / f"{sha256}{file.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if (damaged := self.find(sha256)) and damaged != target:
            damaged.unlink(missing_ok=True)
        move(file, target)

    def older(self, before: datetime) -> Iterator[tuple[str, Path]]:
        """The sha256 and the file of every image that came before that time."""
        for path in sorted(self._root.glob("[0-9a-f][0-9a-f]/*")):
            if _NAME.fullmatch(path.name) and _came_before(path, before):
                yield path.stem, path

    def remove(self, path: Path, before: datetime) -> bool:
        """Remove an image that came before that time; answers False where it came again since, or is gone."""
        with held(self._lock):
            if not _came_before(path, before):
                return False
            path.unlink()
            return True

    def find(self, sha256: str) -> Path | None:
        """The image's file, or None where it is gone."""
        stem = self._root / sha256[:2] / sha256
        files = (stem.with_suffix(f".{suffix}") for suffix in FORMATS.values())
        return next((path for path in files if path.is_file()), None)

    def path(self, sha256: str) -> Path:
        """The image's file; raises IntegrityError where it is gone."""
        if path := self.find(sha256):
            return path
        raise IntegrityError(f"the image {sha256[:12]}… is not in {self._root}: restore that folder from a backup.")

    def paths(self, sha256s: Iterable[str]) -> dict[str, Path]:
        """The files of several images; raises IntegrityError where one is gone."""
        return {sha256: self.path(sha256) for sha256 in sha256s}


def _renewed(path: Path) -> bool:
    """Let the file be new again; False where there is none, or it is another's, so that it must be written."""
    if not path.is_file():
        return False
    try:
        os.utime(path)
    except PermissionError:
        return False
    return True


def _came_before(path: Path, before: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    except FileNotFoundError:
        return False
