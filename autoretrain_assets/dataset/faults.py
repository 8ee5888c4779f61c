"""A dataset version held against what it says of itself: names, labels, lists and the manifest's hash."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from autoretrain_assets.dataset.layout import DATA_YAML, IMAGES, LISTS, image_names, layout
from autoretrain_assets.dataset.manifest import manifest_hash
from autoretrain_assets.dataset.version import INFO_PATH, MANIFEST_PATH

Fault = tuple[str, str]
"""A path, and what is wrong with it."""

_NO_FILE = "it is not there, and the manifest has its image"


def faults(manifest: pl.DataFrame, info: Mapping[str, Any], sha256s: Mapping[str, str]) -> Iterator[Fault]:
    """What is not as the version says; `sha256s` has every path of it, "" where its bytes could not be read.

    What could not be read is no fault here: whoever read it knows.
    """
    names, wanted = image_names(list(sha256s)), manifest["sha256"].to_list()
    yield from _of_images(names, set(wanted), sha256s)
    yield from _of_manifest(manifest, info)
    expected = layout(manifest, info["classes"], dict.fromkeys(wanted, "") | names)
    yield from _of_texts(expected, sha256s, lists=names.keys() >= set(wanted))
    for path in sorted(sha256s.keys() - expected.keys() - {MANIFEST_PATH, INFO_PATH}):
        if not path.startswith(IMAGES):
            yield path, "it is no file of a dataset version: others put it there"


def _of_images(names: Mapping[str, str], wanted: set[str], sha256s: Mapping[str, str]) -> Iterator[Fault]:
    for sha256, name in sorted(names.items()):
        found = sha256s[path := f"{IMAGES}{name}"]
        if sha256 not in wanted:
            yield path, "the manifest has no such image"
        elif found not in {"", sha256}:
            yield path, f"its bytes have the sha256 {found[:12]}…, which is not its name"
    yield from ((f"{IMAGES}{sha256}", _NO_FILE) for sha256 in sorted(wanted - names.keys()))


def _of_manifest(manifest: pl.DataFrame, info: Mapping[str, Any]) -> Iterator[Fault]:
    actual = manifest_hash(manifest, info["classes"])
    if actual != info["manifest_hash"]:
        yield MANIFEST_PATH, f"its rows have the hash {actual[:12]}…, {INFO_PATH} says {info['manifest_hash'][:12]}…"
    if manifest.height != info["images"]:
        yield MANIFEST_PATH, f"it has {manifest.height} rows, {INFO_PATH} says {info['images']}"


def _of_texts(expected: Mapping[str, bytes], sha256s: Mapping[str, str], lists: bool) -> Iterator[Fault]:
    """`lists`: whether the lists can be told; they hold the names of images, and of one that is gone it is unknown."""
    for path, text in expected.items():
        found, is_list = sha256s.get(path), path in LISTS.values()
        if is_list and (found is None or not lists):
            continue
        if found is None:
            yield path, "it is not there" if path == DATA_YAML else _NO_FILE
        elif found and found != hashlib.sha256(text).hexdigest():
            yield path, "it does not say what the manifest says"
