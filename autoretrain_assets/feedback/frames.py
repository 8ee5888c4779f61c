"""The accepted images, named by the sha256 of their bytes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import write_bytes
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

    def path(self, sha256: str) -> Path:
        """The image's file; raises IntegrityError where it is gone."""
        stem = self._root / sha256[:2] / sha256
        for suffix in FORMATS.values():
            path = stem.with_suffix(f".{suffix}")
            if path.is_file():
                return path
        raise IntegrityError(f"the image {sha256[:12]}… is not in {self._root}: restore that folder from a backup.")

    def paths(self, sha256s: Iterable[str]) -> dict[str, Path]:
        """The files of several images; raises IntegrityError where one is gone."""
        return {sha256: self.path(sha256) for sha256 in sha256s}
