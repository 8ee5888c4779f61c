"""Is a copied store worth going on with: what its versions say of themselves, held against what is in it."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autoretrain_assets.checkpoints import RECORD, WEIGHTS
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.manifest import manifest_hash
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import verify_sha256
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts
from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.words import many


def verify(source: VersionStore, target: VersionStore, staging: Path) -> str:
    """What was found to be the same; raises IntegrityError where anything is not."""
    versions = dataset_version.versions(source)
    if (there := dataset_version.versions(target)) != versions:
        odd = ", ".join(sorted({*versions} ^ {*there}))
        raise IntegrityError(f"The two stores do not hold the same dataset versions ({odd}): {_WAY_OUT}")
    for version in versions:
        _verify_manifest(source, target, version)
    trained = list(_with_weights(target))
    for version in trained:
        _verify_weights(target, version, staging)
    releases = [replace(one, commit="") for one in registry.history(source)]
    if [replace(one, commit="") for one in registry.history(target)] != releases:
        raise IntegrityError(f"The two stores do not hold the same releases: {_WAY_OUT}")
    return (
        f"the same: {many(len(versions), 'dataset version')} by their manifests' hashes, "
        f"{many(len(trained), 'checkpoint')} by their sha256, {many(len(releases), 'release')}"
    )


_WAY_OUT = "the home stays with the one it has. Remove what was copied, and copy again."


def _verify_manifest(source: VersionStore, target: VersionStore, version: str) -> None:
    known, copy = dataset_version.read(source, version), dataset_version.read(target, version)
    found = manifest_hash(dataset_version.read_manifest(target, version), known.classes if known else ())
    if known is None or copy is None or replace(copy, commit=known.commit) != known or found != known.manifest_hash:
        raise IntegrityError(f"The manifest of {version} is not the one that its dataset.json names: {_WAY_OUT}")


def _with_weights(store: VersionStore) -> Iterator[str]:
    paths = set(store.list(artifacts.BRANCH)) if store.resolve(artifacts.BRANCH) else set[str]()
    versions = sorted({path.partition("/")[0] for path in paths})
    yield from (version for version in versions if {f"{version}/{RECORD}", f"{version}/{WEIGHTS}"} <= paths)


def _verify_weights(store: VersionStore, version: str, staging: Path) -> None:
    staging.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=staging, prefix="weights.") as folder:
        weights = artifacts.fetch(store, version, WEIGHTS, Path(folder))
        verify_sha256(weights, artifacts.read_json(store, version, RECORD)["weights_sha256"])
