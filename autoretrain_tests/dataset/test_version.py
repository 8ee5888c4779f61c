"""Dataset versions in the store: tagged once, found again, and complete."""

import io

import polars as pl
import pytest

from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.dataset.manifest import build
from autoretrain_assets.dataset.yolo import checkout, label_files
from autoretrain_assets.dataset.yolo_import import label_path, read_yolo
from autoretrain_assets.files import write_bytes
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.tables import annotation, annotations, box

CLASSES = ["car", 'a "bus": #2']
SETTINGS = parse_settings("dataset: {test_share: 0.5}")


@pytest.fixture
def frames(tmp_path):
    paths = {f"i{n}": tmp_path / f"i{n}.jpg" for n in range(8)}
    for name, path in paths.items():
        write_bytes(path, name.encode())
    return paths


def manifest_of(names, parent=None, version="v0001"):
    rows = annotations(*(annotation(name, seconds=3600 * at) for at, name in enumerate(names)))
    return build(parent, rows, SETTINGS, version).manifest


def test_a_version_is_a_tag_on_a_commit_with_all_its_files(tmp_path, frames):
    store = GitStore(tmp_path / "store")
    manifest = manifest_of(["i0", "i1"])

    written = versions.write(store, "v0001", manifest, frames, CLASSES, None, {})

    assert versions.read(store, "v0001") == written
    assert versions.read_manifest(store, "v0001").equals(manifest)
    assert {"images/i0.jpg", "labels/i0.txt", "data.yaml", "manifest.parquet"} <= set(store.list("v0001"))
    assert versions.next_version(store) == "v0002"


def test_the_next_version_adds_what_is_new_and_drops_what_went(tmp_path, frames):
    store = GitStore(tmp_path / "store")
    first = manifest_of(["i0", "i1"])
    versions.write(store, "v0001", first, frames, CLASSES, None, {})
    second = manifest_of(["i2"], first.filter(pl.col("sha256") != "i0"), "v0002")

    versions.write(store, "v0002", second, frames, CLASSES, "v0001", {})

    images = [path for path in store.list("v0002") if path.startswith("images/")]
    assert images == ["images/i1.jpg", "images/i2.jpg"]
    assert versions.read_manifest(store, "v0001").equals(first)


def test_a_commit_that_lost_its_tag_to_a_kill_is_made_good(tmp_path, frames):
    store = GitStore(tmp_path / "store")
    manifest = manifest_of(["i0"])
    versions.write(store, "v0001", manifest, frames, CLASSES, None, {})
    second = manifest_of(["i1"], manifest, "v0002")
    store.commit("main", {"half.txt": b"written, never tagged"}, message="killed", parent=store.resolve("main"))

    versions.write(store, "v0002", second, frames, CLASSES, "v0001", {})

    assert "half.txt" not in store.list("v0002")
    assert versions.versions(store) == ["v0001", "v0002"]


def test_the_version_reads_as_parquet_without_this_package(tmp_path, frames):
    store = GitStore(tmp_path / "store")
    versions.write(store, "v0001", manifest_of(["i0"]), frames, CLASSES, None, {})

    table = pl.read_parquet(io.BytesIO(store.read("v0001", "manifest.parquet")))

    assert table["sha256"].to_list() == ["i0"]


def test_a_version_is_a_data_set_as_it_lies_there(tmp_path, frames):
    store = GitStore(tmp_path / "store")
    manifest = manifest_of(frames)
    versions.write(store, "v0001", manifest, frames, CLASSES, None, {})

    store.download("v0001", store.list("v0001"), tmp_path / "clone")

    classes, splits = read_yolo(tmp_path / "clone" / "data.yaml")
    assert classes == CLASSES
    found = {split: sorted(path.stem for path in splits[name]) for split, name in [("train", "train"), ("test", "val")]}
    assert found == {split: sorted(manifest.filter(split=split)["sha256"]) for split in ("train", "test")}
    assert min(len(names) for names in found.values()) > 0
    assert all(label_path(path).is_file() for paths in splits.values() for path in paths)


def test_labels_are_what_yolo_reads(frames):
    images = annotations(
        annotation("i0", boxes=[box("car", 0, 0, 80, 60), box('a "bus": #2', 40, 30, 160, 120)]),
        annotation("i1", boxes=[]),
    )

    labels = label_files(images, CLASSES)

    assert labels == {"i0": "0 0.25 0.25 0.5 0.5\n1 0.625 0.625 0.75 0.75\n", "i1": ""}


def test_a_checkout_replaces_what_lay_there(tmp_path, frames):
    target = tmp_path / "checkout"
    write_bytes(target / "labels.cache", b"not ours")

    data = checkout(annotations(annotation("i0"), annotation("i1")), frames, CLASSES, target)

    assert sorted(path.name for path in (target / "images").iterdir()) == ["i0.jpg", "i1.jpg"]
    assert not (target / "labels.cache").exists()
    assert '1: "a \\"bus\\": #2"' in data.read_text()
