"""Production is moved by hand, and versions are given up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from autoretrain_assets import checkpoints, story
from autoretrain_assets.assets import showing
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.locks import held, is_held
from autoretrain_assets.loop import opened
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.resources import by_hand, turn
from autoretrain_assets.store import artifacts


def release(root: Path, version: str, because: str, by: str) -> str:
    """Move the production pointer by hand; what is in production already is only mended where it is damaged."""
    with _moved_by_hand(root) as home:
        if not checkpoints.is_made(home, version):
            known = ", ".join(
                name for name in dataset_version.versions(home.store) if artifacts.names(home.store, name)
            )
            raise InputError(f"there is no checkpoint {version}: known are {known or 'none'}.")
        sha256, now = checkpoints.sha256_of(home, version), registry.current(home.store)
        if now is not None and (now.version, now.weights_sha256) == (version, sha256):
            return _in_production(home, now)
        checkpoints.fetch(home, version)  # what cannot be had is not released
        moved = registry.promote(home.store, version, sha256, because, by, story=story.of(home, version))
        checkpoints.publish(home)
        _note(home, moved)
        return f"{version} is in production, by {by}: {because}"


def roll_back(root: Path, version: str | None, because: str, by: str) -> str:
    """Put an earlier version back: the one before the current one where none is named, and say what is before that.

    Raises InputError where nothing was in production before; going forward again is a promotion by name.
    """
    home = Home.open(root)
    if version is None:
        before = registry.previous(home.store)
        if before is None:
            raise InputError(f"there was no release before the current one: {_forward(home)}.")
        version = before.version
    said = release(root, version, because, by)
    further = registry.previous(home.store)
    after = f"one more rollback goes to {further.version}" if further else f"none is before it: {_forward(home)}"
    return f"{said}; {after}"


def abandon(root: Path, version: str, because: str, by: str) -> str:
    """Decide that nothing comes of a version that cannot be trained or measured, so that the next one is made."""
    with _moved_by_hand(root) as home:
        if version not in (known := dataset_version.versions(home.store)):
            raise InputError(f"there is no dataset version {version}: known are {', '.join(known) or 'none'}.")
        if is_held(turn(home.root, version)):
            raise InputError(f"a retraining is at work: wait for its end, or end it, before {version} is abandoned.")
        decisions.abandon(home.store, version, because, by, story.of(home, version))
        return f"{decisions.sentence(home.store, version)}; its labels stay, and the next version holds them too"


@contextmanager
def _moved_by_hand(root: Path) -> Iterator[Home]:
    """The home, which does not go over to another store meanwhile."""
    with held(by_hand(Home.open(root).root)):
        yield Home.open(root)


def _forward(home: Home) -> str:
    """How production moves where no rollback leads: the command, and the versions that were there once."""
    known = dict.fromkeys(one.version for one in registry.history(home.store))
    others = list(known)[1:]
    there = f", such as {others[0]}" if others else ""
    return f"to move it, name a version to `autoretrain promote`{there}"


def _in_production(home: Home, release: registry.Release) -> str:
    """The log keeps who released it, when and why: putting the same files there again is no release."""
    if checkpoints.is_published(home, release):
        return f"{release.version} is in production already, by {release.by}: nothing done"
    checkpoints.publish(home)
    return f"{release.version} is in production already, by {release.by}: {home.production} is put there anew"


def _note(home: Home, moved: registry.Release) -> None:
    """Show a release by hand on the asset's page, as one by the gate is shown."""
    with opened(home) as loop:
        metadata: dict[str, str | dg.MetadataValue[Any]] = {
            "version": moved.version,
            "because": moved.because,
            "by": moved.by,
            "commit of the release": showing.commit(home, moved.commit),
        }
        loop.instance.report_runless_asset_event(dg.AssetMaterialization("production_model", metadata=metadata))
