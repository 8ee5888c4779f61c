"""The folder that whoever serves the model reads: weights and model.json, always of one and the same release."""

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autoretrain_assets.errors import FORBIDDEN, InputError
from autoretrain_assets.files import atomic_path, sha256_of, verify_sha256, write_json
from autoretrain_assets.release.registry import Release

WEIGHTS = "weights.pt"
MODEL = "model.json"
KEPT = 3
"""Older releases that stay on disk, so that a reader who followed the link before it moved finds its files."""


def publish(release: Release, weights: Path, model: Mapping[str, Any], folder: Path) -> Path:
    """Let `folder` (such as `production`) show the release; answers the release's own folder, which it links to.

    `folder` is a symbolic link into `<folder>-releases`, moved in one step: its reader sees the old release
    or the new one. To read two files of one release while it may move, resolve the link first. `model` gives
    at least `classes` and `imgsz` to model.json. Running it again changes nothing. Raises IntegrityError where
    the weights are not the release's, InputError where `model` lacks a field, `folder` is a folder of its own, or
    nothing may be written there.
    """
    if lacking := sorted({"classes", "imgsz"} - model.keys()):
        raise InputError(f"{MODEL} of {release.version} lacks {', '.join(lacking)}: whoever serves the model needs it.")
    verify_sha256(weights, release.weights_sha256)
    shown = folder.with_name(f"{folder.name}-releases") / _name(release)
    try:
        _place(release, weights, model, shown)
        _point(folder, shown)
        _prune(shown)
    except OSError as error:
        if error.errno not in FORBIDDEN:
            raise
        raise InputError(
            f"{error.filename or folder} cannot be written ({error.strerror}): give this user the right to; "
            f"until then {folder} does not show {release.version}."
        ) from error
    return shown


def shows(release: Release, folder: Path) -> bool:
    """Whether `folder` is what `publish` makes it for this release; the weights themselves are not read."""
    if not (folder.is_symlink() and folder.readlink().name == _name(release) and (folder / WEIGHTS).is_file()):
        return False
    said = described(folder)
    return {"classes", "imgsz"} <= said.keys() and said == _described(release, said)


def intact(release: Release, folder: Path) -> bool:
    """Whether `folder` shows the release and its weights are the released ones; they are read and hashed."""
    return shows(release, folder) and sha256_of(folder / WEIGHTS) == release.weights_sha256


def is_published(release: Release, model: Mapping[str, Any], folder: Path) -> bool:
    """Whether `publish` of the same would change nothing: all is intact, and model.json says what `model` does."""
    return intact(release, folder) and described(folder) == _described(release, model)


def way_out(version: str) -> str:
    """The command that publishes anew what is in production and damaged."""
    return f"`autoretrain promote {version} --because damaged` puts it there anew"


def described(folder: Path) -> dict[str, Any]:
    """What model.json of `folder` says; empty where it is gone or torn."""
    try:
        said = json.loads((folder / MODEL).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _name(release: Release) -> str:
    return f"{release.version}-{release.weights_sha256[:12]}"


def _described(release: Release, model: Mapping[str, Any]) -> dict[str, Any]:
    return dict(model) | {
        "version": release.version,
        "weights_sha256": release.weights_sha256,
        "because": release.because,
        "at": release.at.isoformat(),
    }


def _place(release: Release, weights: Path, model: Mapping[str, Any], shown: Path) -> None:
    _place_weights(weights, shown / WEIGHTS, release.weights_sha256)
    write_json(shown / MODEL, _described(release, model))
    os.utime(shown)


def _place_weights(weights: Path, target: Path, sha256: str) -> None:
    # Read again and not taken on trust: a copy that rotted or was touched is replaced.
    if target.is_file() and sha256_of(target) == sha256:
        return
    with atomic_path(target) as temporary:
        shutil.copyfile(weights, temporary)
        verify_sha256(temporary, sha256)


def _point(folder: Path, shown: Path) -> None:
    goal = f"{shown.parent.name}/{shown.name}"
    if folder.is_symlink() and str(folder.readlink()) == goal:
        return
    if folder.exists() and not folder.is_symlink():
        _make_way(folder)
    temporary = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.tmp")
    temporary.symlink_to(goal)
    try:
        temporary.replace(folder)
    finally:
        temporary.unlink(missing_ok=True)


def _make_way(folder: Path) -> None:
    """Remove the empty folder that stands where the link belongs; anything that holds something is left."""
    try:
        folder.rmdir()
    except OSError:
        raise InputError(f"{folder} must be free for a link to the release: move what lies there away.") from None


def _prune(shown: Path) -> None:
    older = (path for path in shown.parent.iterdir() if path.is_dir() and path != shown)
    for path in sorted(older, key=lambda path: path.stat().st_mtime_ns, reverse=True)[KEPT:]:
        shutil.rmtree(path)
