"""One pass over a store: everything is read once, then asked whether it is what others say that it is."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autoretrain_assets.commands.verification import claims
from autoretrain_assets.commands.verification.reading import Progress, Reader
from autoretrain_assets.commands.verification.restoring import way_out
from autoretrain_assets.commands.versions import known as must_be_known
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.faults import Fault
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.release.lost import lost_release
from autoretrain_assets.store import artifacts
from autoretrain_assets.store.base import Examined

ALL = "all of it"
"""The path of what is damaged as a whole."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One file that is not what it must be: what was found, which versions or branches need it, and the way out."""

    path: str
    found: str
    needed_by: Sequence[str]
    way_out: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was held against its hash and when, in how many seconds; `bytes` are those that were whole."""

    at: datetime
    seconds: float
    versions: Sequence[str]
    branches: Sequence[str]
    objects: int
    bytes: int
    damage: Sequence[Damage]


@dataclass
class _Findings:
    """What was found, and by whom it is needed: a file that versions share is damaged once."""

    needed_by: dict[Fault, list[str]] = field(default_factory=dict)

    def add(self, faults: Iterable[Fault], ref: str) -> None:
        for fault in faults:
            self.needed_by.setdefault(fault, []).append(ref)


def verify(root: Path, versions: Sequence[str], now: datetime, progress: Progress) -> Verified:
    """Hold these versions, or where none is named all there is, against their hashes.

    Raises InputError for an unknown version, StoreError where the store is away.
    """
    home, began = Home.open(root), time.monotonic()
    for version in versions:
        must_be_known(home, version)
    reader, findings = Reader(home.store, progress), _Findings()
    datasets = [name for name in dataset_version.versions(home.store) if not versions or name in versions]
    for version in datasets:
        if found := _read(reader, findings, version):
            findings.add(claims.of_dataset(home.store, version, found), version)
    models = _models(home, reader, findings, versions)
    branches = [artifacts.BRANCH] if models else []
    if not versions:
        findings.add(claims.of_tags(home.store, models), dataset_version.BRANCH)
        branches += _production(home, reader, findings, models)
    damage = [Damage(path, what, refs, way_out(home, path)) for (path, what), refs in findings.needed_by.items()]
    seconds = round(time.monotonic() - began, 3)
    return Verified(now, seconds, datasets, branches, len(reader.known), reader.size, damage)


def _read(reader: Reader, findings: _Findings, ref: str, prefix: str = "") -> Mapping[str, Examined]:
    try:
        found = reader.read(ref, prefix)
    except IntegrityError as error:
        findings.add([(ALL, f"its list of files cannot be trusted, and nothing of it was read: {error}")], ref)
        return {}
    findings.add(_damaged(found.values()), ref)
    return found


def _models(home: Home, reader: Reader, findings: _Findings, versions: Sequence[str]) -> Mapping[str, Examined]:
    """The files of the checkpoints, all or those of the versions."""
    if home.store.resolve(artifacts.BRANCH) is None:
        return {}
    found: dict[str, Examined] = {}
    for prefix in [f"{version}/" for version in versions] or [""]:
        found |= _read(reader, findings, artifacts.BRANCH, prefix)
    for version in sorted({path.partition("/")[0] for path in found}):
        findings.add(claims.of_checkpoint(home.store, version, found), version)
    return found


def _production(home: Home, reader: Reader, findings: _Findings, models: Mapping[str, Examined]) -> list[str]:
    if gone := lost_release(registry.history(home.store), home.production, home.store_place):
        findings.add([(registry.POINTER, gone)], registry.BRANCH)
    if home.store.resolve(registry.BRANCH) is None:
        return []
    if _read(reader, findings, registry.BRANCH):
        findings.add(claims.of_releases(home.store, models), registry.BRANCH)
    return [registry.BRANCH]


def _damaged(found: Iterable[Examined]) -> Iterator[Fault]:
    return ((each.path, each.damage) for each in found if each.damage)
