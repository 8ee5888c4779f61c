"""What was decided on a version, and whether that stands: an old decision is not for today's champion or rules."""

from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.evaluation import stored
from autoretrain_assets.home import Home
from autoretrain_assets.release import decisions, registry


def why(place: Home, version: str) -> str | None:
    """Why the stored decision on a version stands; None where there is none, or where it may be made anew."""
    if not decisions.is_made(place.store, version):
        return None
    if version in _releases(place):
        return "it was released"
    names = dataset_version.versions(place.store)
    after = next((name for name in names[names.index(version) + 1 :] if decisions.is_made(place.store, name)), None)
    return f"{after} was decided after it" if after else None


def champion(place: Home, version: str) -> str | None:
    """The model to compare a version with: the one in production; once its decision stands, the one it names.

    Of a version that was in production before it was measured, the one that it followed.
    """
    if why(place, version):
        return stored.champion(place.store, version)
    releases = _releases(place)
    before = releases[: releases.index(version)] if version in releases else releases
    return before[-1] if before else None


def _releases(place: Home) -> list[str]:
    """The versions of all releases, oldest first."""
    return [release.version for release in reversed(registry.history(place.store))]
