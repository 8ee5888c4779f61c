"""The checkpoints of a home: fetched from its store, verified, loaded, and put where serving reads them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autoretrain_assets import story
from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.files import sha256_of as file_sha256
from autoretrain_assets.home import Home
from autoretrain_assets.locks import held
from autoretrain_assets.release import registry, serving
from autoretrain_assets.release.lost import lost_release
from autoretrain_assets.store import artifacts
from autoretrain_assets.store.base import Commit, Content
from autoretrain_assets.yolo import weights as yolo_weights

RECORD, WEIGHTS = "record.json", "weights.pt"


def is_made(home: Home, version: str) -> bool:
    """Whether `version` has a checkpoint."""
    return RECORD in artifacts.names(home.store, version)


def record(home: Home, version: str) -> dict[str, Any]:
    """What made the weights of `version`, and their sha256; raises NotFound where it has no checkpoint."""
    return artifacts.read_json(home.store, version, RECORD)


def is_adopted(made_by: Mapping[str, Any]) -> bool:
    """Whether a checkpoint with this record was in production before its home was made: no gate let it there."""
    return bool(made_by.get("adopted", False))


def put(home: Home, version: str, weights: Path, made_by: Mapping[str, Any], message: str) -> Commit:
    """Store a checkpoint with the record of what made it, and what serving must know of it: classes and imgsz."""
    content = json.dumps(_by_settings(home) | dict(made_by), indent=2, sort_keys=True).encode()
    files: dict[str, Content] = {WEIGHTS: weights, RECORD: content}
    return artifacts.put(home.store, version, files, message, story.of(home, version))


def sha256_of(home: Home, version: str) -> str:
    """What the weights of `version` must hash to; raises NotFound where it has no checkpoint."""
    return str(record(home, version)["weights_sha256"])


def fetch(home: Home, version: str) -> Path:
    """The weights of `version` on this disk; raises NotFound where it has no checkpoint.

    What lies there from before is fetched again where it is not what was stored, as after a cut off write.
    """
    known = fetched(home, version)
    if known.is_file() and file_sha256(known) != sha256_of(home, version):
        known.unlink()
    return artifacts.fetch(home.store, version, WEIGHTS, known.parents[1])


def fetched(home: Home, version: str) -> Path:
    """Where the weights of `version` are on this disk once they were fetched."""
    return home.work / "models" / version / WEIGHTS


def load(home: Home, version: str) -> Any:
    """The model of `version`, its sha256 verified against its record; raises NotFound, IntegrityError."""
    return yolo_weights.load(fetch(home, version), sha256_of(home, version), home.settings.training.threads)


def serve_released(home: Home) -> str | None:
    """Put the released model where serving reads it, if a run that was cut off did not; its version where it did.

    Raises IntegrityError where the store knows no more what was released.
    """
    release = registry.current(home.store)
    if release is not None and serving.shows(release, home.production):
        return None
    if gone := lost_release(registry.history(home.store), home.production, home.store_place):
        raise IntegrityError(gone)
    if release is None:
        return None
    publish(home)
    return release.version


def publish(home: Home) -> Path:
    """Put the model in production where serving reads it; answers the folder of its own.

    Of two that cross, each after its release, the second finds what both left to be current: serving never stays at
    the model that was overtaken. Raises InputError where none was released or the folder is not free.
    """
    with held(home.work / "locks" / "production.lock"):
        release = registry.current(home.store)
        if release is None:
            raise InputError("no model is in production: `autoretrain promote VERSION` puts one there.")
        model = _trained_with(home, record(home, release.version))
        return serving.publish(release, fetch(home, release.version), model, home.production)


def is_published(home: Home, release: registry.Release) -> bool:
    """Whether serving reads this release as `publish` would put it there; the weights are read and hashed."""
    return serving.is_published(release, _trained_with(home, record(home, release.version)), home.production)


def _trained_with(home: Home, made_by: Mapping[str, Any]) -> dict[str, Any]:
    """The classes and the imgsz that a checkpoint was made with: settings may have changed since.

    Of a record that is older than that it holds them, the recipe's imgsz, and what the settings say now.
    """
    known = _by_settings(home) | made_by.get("recipe", {}) | made_by
    return {name: known[name] for name in _by_settings(home)}


def _by_settings(home: Home) -> dict[str, Any]:
    return {"classes": list(home.classes), "imgsz": home.settings.training.imgsz}
