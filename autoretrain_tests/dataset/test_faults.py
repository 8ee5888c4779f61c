"""What a dataset version says of itself is held against what lies there; each thing that is not so is told."""

import hashlib

import pytest

from autoretrain_assets.dataset.faults import faults
from autoretrain_assets.dataset.layout import layout
from autoretrain_assets.dataset.manifest import build, manifest_hash
from autoretrain_tests.dataset.test_version import CLASSES, SETTINGS
from autoretrain_tests.tables import annotation, annotations, box

ONE, TWO = "a" * 64, "b" * 64
OTHER = "c" * 64


@pytest.fixture
def manifest():
    rows = annotations(annotation(ONE), annotation(TWO, seconds=3600, boxes=[]))
    return build(None, rows, SETTINGS, "v0001").manifest


@pytest.fixture
def info(manifest):
    return {"classes": CLASSES, "images": 2, "manifest_hash": manifest_hash(manifest, CLASSES)}


@pytest.fixture
def stored(manifest):
    """Each path of the version, and the sha256 of what lies there."""
    texts = layout(manifest, CLASSES, {ONE: f"{ONE}.jpg", TWO: f"{TWO}.png"})
    images = {f"images/{ONE}.jpg": ONE, f"images/{TWO}.png": TWO}
    small = dict.fromkeys(["manifest.parquet", "dataset.json"], OTHER)
    return images | small | {path: hashlib.sha256(text).hexdigest() for path, text in texts.items()}


def test_what_is_as_it_says_has_no_fault(manifest, info, stored):
    assert list(faults(manifest, info, stored)) == []


def test_the_first_versions_which_have_no_lists_are_whole(manifest, info, stored):
    del stored["train.txt"], stored["test.txt"]
    assert list(faults(manifest, info, stored)) == []


@pytest.mark.parametrize(
    ("path", "sha256", "found"),
    [
        (f"images/{ONE}.jpg", OTHER, "is not its name"),
        (f"labels/{ONE}.txt", OTHER, "what the manifest says"),
        ("data.yaml", OTHER, "what the manifest says"),
        ("train.txt", OTHER, "what the manifest says"),
        ("notes.txt", OTHER, "others put it there"),
        (f"images/{OTHER}.jpg", OTHER, "no such image"),
        (f"labels/{OTHER}.txt", OTHER, "others put it there"),
    ],
)
def test_what_is_other_than_it_should_be_is_told(manifest, info, stored, path, sha256, found):
    [(where, what)] = faults(manifest, info, stored | {path: sha256})
    assert where == path
    assert found in what


@pytest.mark.parametrize("path", [f"labels/{ONE}.txt", f"labels/{TWO}.txt", "data.yaml"])
def test_what_is_missing_is_told(manifest, info, stored, path):
    del stored[path]
    assert [(where, "not there" in what) for where, what in faults(manifest, info, stored)] == [(path, True)]


def test_an_image_that_is_missing_is_told(manifest, info, stored):
    del stored[f"images/{ONE}.jpg"]
    assert [(path, "not there" in what) for path, what in faults(manifest, info, stored)] == [(f"images/{ONE}", True)]


def test_what_could_not_be_read_is_told_by_its_reader_alone(manifest, info, stored):
    assert list(faults(manifest, info, dict.fromkeys(stored, ""))) == []


def test_labels_that_changed_with_the_manifest_show_in_its_hash(info, stored):
    rows = annotations(annotation(ONE, boxes=[box(x2=99)]), annotation(TWO, seconds=3600, boxes=[]))
    changed = build(None, rows, SETTINGS, "v0001").manifest
    stored |= {
        path: hashlib.sha256(text).hexdigest()
        for path, text in layout(changed, CLASSES, {ONE: f"{ONE}.jpg", TWO: f"{TWO}.png"}).items()
    }
    [(path, what)] = faults(changed, info, stored)
    assert (path, "have the hash" in what) == ("manifest.parquet", True)
    [_, (path, what)] = faults(changed, info | {"images": 3}, stored)
    assert (path, "3" in what) == ("manifest.parquet", True)
