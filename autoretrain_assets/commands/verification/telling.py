"""What a verification found, for people and for scripts."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from autoretrain_assets.commands.verification.verifying import Damage, Verified
from autoretrain_assets.words import many

MEGABYTE = 1e6
FEW = 6
"""Versions that a line names; JSON names all."""


def lines(found: Verified) -> Iterator[str]:
    """A line for each damaged file, then what was held against its hash, and when."""
    yield from (_line(each) for each in found.damage)
    branches = f" and the branch{'es' if len(found.branches) > 1 else ''} {' and '.join(found.branches)}"
    yield (
        f"{many(found.objects, 'object')}, {found.bytes / MEGABYTE:,.1f} MB, of {many(len(found.versions), 'version')}"
        f"{branches if found.branches else ''} were read and held against their hashes in {found.seconds:.1f} s, "
        f"{found.at:%Y-%m-%d %H:%M:%S} UTC: {many(len(found.damage), 'fault') if found.damage else 'all are whole'}"
    )


def as_json(found: Verified) -> dict[str, Any]:
    """The same for scripts."""
    return asdict(found) | {"at": found.at.isoformat(), "ok": not found.damage}


def _line(damage: Damage) -> str:
    needed_by, more = ", ".join(damage.needed_by[:FEW]), len(damage.needed_by) - FEW
    others = f" and {more} more" if more > 0 else ""
    return f"DAMAGED  {damage.path} of {needed_by}{others}: {damage.found}: {damage.way_out}"
