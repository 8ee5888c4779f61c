"""The git store, against plain copies of the same files."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from autoretrain_assets.store.git import GitStore
from autoretrain_tests.bench.printing import Inputs, beside, in_turns

FILE_BYTES = 60_000
COPY = "cp with fsync"


def run(inputs: Inputs) -> None:
    """A commit of 2,000 files of 60 KB and their download, against copying them with an fsync each."""
    files = random_files(inputs.work / "files", inputs.size(2000))
    contents = {f"images/{path.name}": path for path in files}

    def commit(turn: int) -> None:
        GitStore(inputs.work / f"store{turn}").commit("main", contents, message="bench")

    def download(turn: int) -> None:
        GitStore(inputs.work / f"store{turn}").download("main", contents, inputs.work / f"out{turn}")

    def copy(turn: int) -> None:
        copy_all(files, inputs.work / f"copy{turn}")

    times = in_turns({"commit": commit, "download": download, COPY: copy}, inputs.rounds)
    beside(times, COPY, len(files), "files")


def random_files(folder: Path, count: int) -> list[Path]:
    """Bytes that no compression makes smaller, as of photos."""
    random = np.random.default_rng(0)
    folder.mkdir()
    paths = [folder / f"{number:05d}.jpg" for number in range(count)]
    for path in paths:
        path.write_bytes(random.bytes(FILE_BYTES))
    return paths


def copy_all(files: Sequence[Path], folder: Path) -> None:
    """Plain copies, with an fsync each."""
    folder.mkdir()
    for path in files:
        _copy(path, folder / path.name)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())
