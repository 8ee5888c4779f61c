"""Very many files, very large ones and empty ones, for every version store."""

import os
from pathlib import Path

from autoretrain_assets.files import sha256_of
from autoretrain_assets.store.base import Change, Content, VersionStore
from autoretrain_tests.contract.writing import put

MANY = 20_000
LARGE = (1 << 31 if os.environ.get("AUTORETRAIN_LARGE") else 1 << 26) + 1
"""Bytes of a sparse file. Where it is wished for, one more than a signed number of 32 bits counts."""


def test_a_version_of_20_000_files(store: VersionStore, tmp_path: Path):
    files: dict[str, Content] = {f"labels/{number:05}.txt": b"%d" % number for number in range(MANY)}
    first = put(store, files)
    second = put(store, {"labels/00000.txt": b"mended", "labels/new.txt": b""}, first, delete=["labels/19999.txt"])
    assert store.list(first.id) == sorted(files)
    assert len(store.list("main", "labels/1")) == 9_999
    assert store.diff(first.id, second.id) == [
        Change("labels/00000.txt", "changed"),
        Change("labels/19999.txt", "removed"),
        Change("labels/new.txt", "added"),
    ]
    some = sorted(files)[::20]
    store.download(first.id, some, tmp_path)
    assert {path: (tmp_path / path).read_bytes() for path in some} == {path: files[path] for path in some}


def test_files_of_no_byte_are_files(store: VersionStore, tmp_path: Path):
    (tmp_path / "empty").touch()
    put(store, {"a": b"", "x/b": tmp_path / "empty"})
    store.download("main", ["a", "x/b"], tmp_path / "out")
    assert [(tmp_path / "out" / path).stat().st_size for path in ("a", "x/b")] == [0, 0]
    assert store.read("main", "x/b") == b""


def test_a_sparse_file_survives(store: VersionStore, tmp_path: Path):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(LARGE)
    put(store, {"weights.pt": tmp_path / "large"})
    store.download("main", ["weights.pt"], tmp_path / "out")
    assert (tmp_path / "out/weights.pt").stat().st_size == LARGE
    assert sha256_of(tmp_path / "out/weights.pt") == sha256_of(tmp_path / "large")
