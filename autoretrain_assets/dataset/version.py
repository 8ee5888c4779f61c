"""Dataset versions in the store: one commit and one tag each, and what a tag names never changes."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from autoretrain_assets.dataset.layout import IMAGES, layout
from autoretrain_assets.dataset.manifest import manifest_hash
from autoretrain_assets.schema import MANIFEST, conform
from autoretrain_assets.store.base import Content, VersionStore

BRANCH = "main"
MANIFEST_PATH, INFO_PATH = "manifest.parquet", "dataset.json"
VERSION = re.compile(r"v(\d{4,})")


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One version: its tag, its commit, and the hash of its manifest."""

    version: str
    commit: str
    manifest_hash: str
    parent: str | None
    classes: Sequence[str]


def versions(store: VersionStore) -> list[str]:
    """Every dataset version, oldest first."""
    return sorted((name for name in store.tags() if VERSION.fullmatch(name)), key=_number)


def next_version(store: VersionStore) -> str:
    """The name of the version that comes after the newest."""
    known = versions(store)
    return f"v{(_number(known[-1]) if known else 0) + 1:04d}"


def lost_tags(store: VersionStore) -> dict[str, str]:
    """What is to be said of each version that was committed and has no tag, such as one that is being made."""
    commits = {commit.metadata.get("version", ""): commit.id for commit in reversed(store.log(BRANCH))}
    return {
        version: f"the tag {version} is gone: name the commit {commit} of {BRANCH} so again"
        for version, commit in commits.items()
        if VERSION.fullmatch(version) and version not in store.tags()
    }


def read(store: VersionStore, version: str) -> DatasetVersion | None:
    """The version of that name, or None where it was never tagged."""
    commit = store.tags().get(version)
    if commit is None:
        return None
    info = json.loads(store.read(commit, INFO_PATH))
    return DatasetVersion(version, commit, info["manifest_hash"], info["parent"], tuple(info["classes"]))


def read_manifest(store: VersionStore, version: str) -> pl.DataFrame:
    """The manifest of a version; raises NotFound."""
    return conform(pl.read_parquet(io.BytesIO(store.read(version, MANIFEST_PATH))), MANIFEST)


def write(
    store: VersionStore,
    version: str,
    manifest: pl.DataFrame,
    frames: Mapping[str, Path],
    classes: Sequence[str],
    parent: str | None,
    metadata: Mapping[str, str],
) -> DatasetVersion:
    """Commit and tag `version`; a commit whose tag a kill prevented is replaced by this one.

    `frames` maps each sha256 of the manifest to its image. Raises Conflict where another writer was first.
    """
    head = store.resolve(BRANCH)
    present = set(store.list(head, "")) if head else set()
    info = {
        "version": version,
        "parent": parent,
        "manifest_hash": manifest_hash(manifest, classes),
        "classes": list(classes),
        "images": manifest.height,
    }
    files = _small_files(manifest, classes, info, frames) | _images(manifest, frames)
    new = {path: content for path, content in files.items() if not (path in present and path.startswith(IMAGES))}
    commit = store.commit(
        BRANCH,
        new,
        message=f"Dataset {version}: {manifest.height} images",
        delete=sorted(present - files.keys()),
        metadata={**metadata, **story(str(info["manifest_hash"]), parent), "version": version},
        parent=head,
    )
    store.tag(version, commit.id)
    return DatasetVersion(version, commit.id, str(info["manifest_hash"]), parent, tuple(classes))


def story(manifest_hash: str, parent: str | None) -> dict[str, str]:
    """What every commit about a version tells of its data."""
    return {"manifest_hash": manifest_hash} | ({"parent": parent} if parent else {})


def _small_files(
    manifest: pl.DataFrame, classes: Sequence[str], info: Mapping[str, object], frames: Mapping[str, Path]
) -> dict[str, Content]:
    buffer = io.BytesIO()
    manifest.write_parquet(buffer)
    names = {sha256: f"{sha256}{frames[sha256].suffix}" for sha256 in manifest["sha256"]}
    return {
        MANIFEST_PATH: buffer.getvalue(),
        INFO_PATH: json.dumps(info, indent=2, sort_keys=True).encode(),
        **layout(manifest, classes, names),
    }


def _images(manifest: pl.DataFrame, frames: Mapping[str, Path]) -> dict[str, Content]:
    return {f"{IMAGES}{sha256}{frames[sha256].suffix}": frames[sha256] for sha256 in manifest["sha256"]}


def _number(version: str) -> int:
    return int(version[1:])
