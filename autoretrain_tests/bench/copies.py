"""Files as photos are, and the plainest ways to keep them."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

FILE_BYTES = 60_000
PLAIN, FLUSHED, NAMED = "cp", "cp, an fsync each", "copies named by sha256, an fsync each"
"""What the three are called beside a figure."""


def photos(folder: Path, count: int) -> list[Path]:
    """Bytes that no compression makes smaller, as of photos."""
    random = np.random.default_rng(0)
    folder.mkdir()
    paths = [folder / f"{number:05d}.jpg" for number in range(count)]
    for path in paths:
        path.write_bytes(random.bytes(FILE_BYTES))
    return paths


def named_copies(files: Sequence[Path], target: Path) -> None:
    """The least that a store by content does: read, hash, write beside, flush, rename."""
    for path in files:
        content = path.read_bytes()
        name = hashlib.sha256(content).hexdigest()
        folder = target / name[:2]
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f".{name}").open("wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        (folder / f".{name}").rename(folder / name)


def copies(files: Sequence[Path], target: Path, *, flushed: bool) -> None:
    """Plain copies, flushed to the disk one by one, or not at all."""
    target.mkdir()
    for path in files:
        with path.open("rb") as read, (target / path.name).open("wb") as written:
            shutil.copyfileobj(read, written)
            if flushed:
                written.flush()
                os.fsync(written.fileno())
