"""What versions, checkpoints, releases and tags of a store say of themselves and of one another."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from autoretrain_assets.checkpoints import RECORD, WEIGHTS
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.faults import Fault, faults
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.store import artifacts
from autoretrain_assets.store.base import Examined, VersionStore

_SAYS_ALL = (dataset_version.MANIFEST_PATH, dataset_version.INFO_PATH)


def of_dataset(store: VersionStore, version: str, found: Mapping[str, Examined]) -> Iterator[Fault]:
    """What is not as the version's manifest says; where that cannot be read nothing else was asked."""
    if unread := [path for path in _SAYS_ALL if path not in found or found[path].damage]:
        yield unread[0], "without it nothing says what images and labels must be there: they were not held against it"
        return
    try:
        manifest = dataset_version.read_manifest(store, version)
        info = json.loads(store.read(version, dataset_version.INFO_PATH))
        yield from faults(manifest, info, {path: "" if each.damage else each.sha256 for path, each in found.items()})
        yield from _of_commit(store, version, info)
    except (pl.exceptions.PolarsError, KeyError, TypeError, ValueError) as error:
        yield _SAYS_ALL[0], f"it and {_SAYS_ALL[1]} are not those of a dataset version: {error!r}"


def _of_commit(store: VersionStore, version: str, info: Mapping[str, Any]) -> Iterator[Fault]:
    noted = store.log(version, 1)[0].metadata.get("manifest_hash", info["manifest_hash"])
    if info["version"] != version:
        yield dataset_version.INFO_PATH, f"it is that of {info['version']}, and the tag is {version}"
    if noted != info["manifest_hash"]:
        yield dataset_version.INFO_PATH, f"its manifest_hash is not the one that the commit notes, {noted[:12]}…"


def of_checkpoint(store: VersionStore, version: str, models: Mapping[str, Examined]) -> Iterator[Fault]:
    """What is not as the record of a checkpoint says."""
    record, weights = (models.get(f"{version}/{name}") for name in (RECORD, WEIGHTS))
    if record is None and weights is None:
        return
    if record is None or record.damage:
        yield f"{version}/{RECORD}", "without it nothing says what the weights must be: they were not held against it"
    elif weights is None:
        yield f"{version}/{WEIGHTS}", f"it is not there, and {RECORD} is"
    elif not weights.damage and weights.sha256 != (expected := _recorded(store, version)):
        yield weights.path, f"its bytes have the sha256 {weights.sha256[:12]}…, {RECORD} says {expected[:12]}…"


def of_releases(store: VersionStore, models: Mapping[str, Examined]) -> Iterator[Fault]:
    """Releases of what is no version's checkpoint."""
    for release in registry.history(store):
        told = f"the release of {release.at:%Y-%m-%d %H:%M} is of {release.version}"
        record = models.get(f"{release.version}/{RECORD}")
        if record is None:
            yield registry.POINTER, f"{told}, which has no checkpoint"
        elif not record.damage and _recorded(store, release.version) != release.weights_sha256:
            yield registry.POINTER, f"{told} with the weights {release.weights_sha256[:12]}…, which {RECORD} denies"


def of_tags(store: VersionStore, models: Mapping[str, Examined]) -> Iterator[Fault]:
    """Versions that are no commit of the branch of versions, or whose tag is gone; one that is made has none yet."""
    known = {commit.id for commit in store.log(dataset_version.BRANCH)}
    for name, commit in sorted(store.tags().items()):
        if dataset_version.VERSION.fullmatch(name) and commit not in known:
            yield name, f"the tag names {commit[:12]}…, which is no commit of the branch {dataset_version.BRANCH}"
    coming = dataset_version.next_version(store)
    for name, gone in dataset_version.lost_tags(store).items():
        if name != coming or f"{name}/{decisions.NAME}" in models:
            yield name, gone


def _recorded(store: VersionStore, version: str) -> str:
    return str(artifacts.read_json(store, version, RECORD).get("weights_sha256", "no sha256"))
