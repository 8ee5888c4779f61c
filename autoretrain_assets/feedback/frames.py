"""The accepted images, named by the sha256 of their bytes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import move, write_bytes
from autoretrain_assets.images import FORMATS


class Frames:
    """A folder of images by content: `ab/abcd….jpg`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes, suffix: str) -> str:
        """Keep an image; returns its sha256. The same bytes twice are one file."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._root / sha256[:2] / f"{sha256}.{suffix}"
        if not path.is_file():
            write_bytes(path, content)
        return sha256

    def take(self, file: Path, sha256: str) -> None:
        """Keep the image in `file`, which has that sha256 and moves here, in place of one that lost its bytes."""
        target = self._root / sha256[:2] / f"{sha256}{file.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if (damaged := self.find(sha256)) and damaged != target:
            damaged.unlink(missing_ok=True)
        move(file, target)

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
