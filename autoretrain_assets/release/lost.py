"""Releases that the store knows no more."""

from collections.abc import Sequence
from pathlib import Path

from autoretrain_assets.release import registry, serving


def lost_release(known: Sequence[registry.Release], served: Path, place: str) -> str | None:
    """A sentence where `served` shows none of the `known` releases: the history in the store was cut off by hand.

    `place` is where the store is, for people.
    """
    said, branch = serving.described(served), f"the branch {registry.BRANCH} of {place}"
    if not {"version", "at"} <= said.keys():
        return None
    version, at = said["version"], said["at"]
    if any((one.version, one.at.isoformat()) == (version, at) for one in known):
        return None
    return (
        f"{served} serves {version}, released at {at}, and {branch} does not know it: have that branch name its last "
        f"commit again, from a backup; where it is lost, `autoretrain promote {version} --because …` is that release "
        "once more. What goes back is `autoretrain rollback`, never the branch."
    )
