"""Which home writes a store that several can reach: two would each take the other's versions for their own.

The store says it in the last commit of a branch, the home by a file of its own. The log of that branch is the history
of where the home was. A home that is lost is gone on with elsewhere: that one takes the store over, and whatever is
left of the first is refused from then on.
"""

import json
import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from autoretrain_assets.errors import Conflict, StoreError
from autoretrain_assets.files import write_json
from autoretrain_assets.locks import held
from autoretrain_assets.store.base import Commit, VersionStore

BRANCH = "home"
FILE = "home.json"
"""The file of the branch, and of the home."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The home that writes a store: its id, where it is, since when (UTC), and the commit that says so."""

    id: str
    where: str
    since: datetime
    commit: str

    def __str__(self) -> str:
        """The home for people."""
        return f"the home {self.where} (since {self.since:%Y-%m-%d %H:%M} UTC)"


def claim(store: VersionStore) -> Claim | None:
    """Who writes the store, or None where nobody ever said so. Raises StoreError where others wrote that branch."""
    found = next(iter(store.log(BRANCH, 1)), None)
    if found is None:
        return None
    try:
        return Claim(found.metadata["home"], found.metadata["where"], found.created_at, found.id)
    except KeyError:
        raise StoreError(
            f"The branch {BRANCH!r} of the store says which home writes it, and its commit {found.id} does not: "
            "it was made by others; move the branch back to its parent, or remove it."
        ) from None


def is_own(found: Claim | None, folder: Path) -> bool:
    """Whether a store is free for the home in `folder`, or its own."""
    return found is None or found.id == _id(folder)


def verify(store: VersionStore, folder: Path) -> None:
    """Make sure that the home in `folder` is the one that writes the store, which is its own if nobody's.

    Raises StoreError where another home is.
    """
    found = claim(store)
    if found is None:
        try:
            take(store, folder)
        except Conflict:
            found = claim(store)
    refuse_others(found, folder)


def refuse_others(found: Claim | None, folder: Path) -> None:
    """Raise StoreError where a store is another home's than the one in `folder`."""
    if not is_own(found, folder):
        raise StoreError(
            f"The store is written by {found}, and two homes never write one: this one may not. Where that one is no "
            "more, `autoretrain store recover DIR` goes on with its versions."
        )


def take(store: VersionStore, folder: Path, instead_of: Claim | None = None) -> Commit:
    """Make the store that of the home in `folder`; raises Conflict where another one was quicker."""
    # The home knows its name first: whoever is killed in between finds the store claimed by itself.
    with held(folder / "work" / "locks" / "claim.lock"):
        identity = _id(folder) or uuid4().hex
        write_json(folder / FILE, {"id": identity})
    where = f"{socket.gethostname()}:{folder}"
    note = {"home": identity, "where": where}
    return store.commit(
        BRANCH,
        {FILE: json.dumps(note, indent=2, sort_keys=True).encode()},
        message=f"Written by {where}",
        metadata=note,
        parent=instead_of.commit if instead_of else None,
    )


def _id(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / FILE).read_text(encoding="utf-8"))["id"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{folder / FILE} says which home this is and cannot be read ({error}): restore it.") from None
