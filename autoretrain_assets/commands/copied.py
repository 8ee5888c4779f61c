"""Is a copied store worth going on with: what its versions say of themselves, held against what is in it."""

import json
from dataclasses import replace

from autoretrain_assets.checkpoints import RECORD, WEIGHTS
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.manifest import manifest_hash
from autoretrain_assets.errors import Conflict, IntegrityError
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts
from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.words import many


def verify_known(source: VersionStore, target: VersionStore) -> None:
    """Raise Conflict where the target has a version that the source does not know; the source may only have more."""
    if odd := set(dataset_version.versions(target)) - set(dataset_version.versions(source)):
        raise Conflict(
            f"The store to copy to has versions of its own ({', '.join(sorted(odd))}): nothing is written to it. Name "
            "one that is empty, or remove those tags."
        )


def verify(store: VersionStore) -> str:
    """What was looked at; raises IntegrityError where a manifest or a checkpoint is not what its version says."""
    versions = dataset_version.versions(store)
    for version in versions:
        _verify_manifest(store, version)
    return (
        f"proven: {many(len(versions), 'dataset version')} by their manifests' hashes, "
        f"{many(_verify_weights(store), 'checkpoint')} by their sha256"
    )


def verify_same(source: VersionStore, target: VersionStore) -> str:
    """What both hold, while nobody writes; raises IntegrityError where their versions or releases differ."""
    known, there = ({name: _of(store, name) for name in dataset_version.versions(store)} for store in (source, target))
    if odd := sorted(name for name in known.keys() | there.keys() if known.get(name) != there.get(name)):
        raise IntegrityError(f"The two stores do not hold the same dataset versions ({', '.join(odd)}): {_WAY_OUT}")
    releases, copies = ([replace(one, commit="") for one in registry.history(store)] for store in (source, target))
    if releases != copies:
        raise IntegrityError(f"The two stores do not hold the same releases: {_WAY_OUT}")
    return f"the same: {many(len(known), 'dataset version')}, {many(len(releases), 'release')}"


_WAY_OUT = "the home stays with the one it has. Remove what was copied, and copy again."


def _of(store: VersionStore, version: str) -> dataset_version.DatasetVersion | None:
    found = dataset_version.read(store, version)
    return found and replace(found, commit="")


def _verify_manifest(store: VersionStore, version: str) -> None:
    known = dataset_version.read(store, version)
    if known and manifest_hash(dataset_version.read_manifest(store, version), known.classes) != known.manifest_hash:
        raise IntegrityError(f"The manifest of {version} is not the one that its dataset.json names: {_WAY_OUT}")


def _verify_weights(store: VersionStore) -> int:
    """How many checkpoints there are."""
    records = artifacts.read_each(store, RECORD).items()
    recorded = {f"{version}/{WEIGHTS}": json.loads(record)["weights_sha256"] for version, record in records}
    there = sorted(recorded.keys() & set(store.list(artifacts.BRANCH))) if recorded else []
    for found in store.examine(artifacts.BRANCH, there) if there else []:
        if found.sha256 != recorded[found.path]:
            raise IntegrityError(f"{found.path} is not what {RECORD} beside it says: {_WAY_OUT}")
    return len(there)
