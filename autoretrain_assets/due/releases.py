"""Releases that the store knows no more."""

from autoretrain_assets.home import Home
from autoretrain_assets.release import registry, serving


def lost_releases(home: Home) -> str | None:
    """A sentence where this home serves a release and the store knows of none: somebody removed its history."""
    served = serving.described(home.production).get("version")
    if served is None or registry.current(home.store) is not None:
        return None
    return (
        f"{home.production} serves {served}, and {home.store_place} has no branch {registry.BRANCH} any more: make it "
        f"again at its last commit, or restore it from a backup; where there is neither, `autoretrain promote {served} "
        "--because …` begins that history anew."
    )
