"""The production pointer: a branch whose last commit names the model in production and whose log is the history."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from autoretrain_assets.errors import Conflict, InputError, StoreError
from autoretrain_assets.store.artifacts import NOTHING
from autoretrain_assets.store.base import Commit, VersionStore

BRANCH = "production"
POINTER = "production.json"

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Release:
    """One move of the pointer: which model went into production, why, by whom and when (UTC)."""

    version: str
    weights_sha256: str
    because: str
    by: str
    at: datetime
    commit: str


def current(store: VersionStore) -> Release | None:
    """The model in production, or None before the first release."""
    return next(iter(history(store, limit=1)), None)


def previous(store: VersionStore) -> Release | None:
    """What was in production before the current version first was, which a rollback goes back to, or None.

    So rollbacks one after the other walk back, and never to a model that one of them took out.
    """
    releases = history(store)
    first = max((at for at, release in enumerate(releases) if release.version == releases[0].version), default=0)
    return next(iter(releases[first + 1 :]), None)


def history(store: VersionStore, limit: int | None = None) -> list[Release]:
    """Every release, newest first; a rollback is one too."""
    return [_release(commit) for commit in store.log(BRANCH, limit)]


def promote(
    store: VersionStore,
    version: str,
    weights_sha256: str,
    because: str,
    by: str,
    *,
    instead_of: str | None = None,
    story: Mapping[str, str] = NOTHING,
) -> Release:
    """Put a model into production and log it; a rollback is the promotion of an older version.

    What is in production already is answered as it stands, without a second entry in the log. Give
    `instead_of`, the version that the decision compared with, so that a decision that somebody overtook
    (a rollback while the candidate was measured) is not carried out. Raises Conflict when production is
    another model than `instead_of`, or became another one meanwhile; InputError for an unusable value.
    `story` is what the commit tells beside.
    """
    wanted = {"version": version, "weights_sha256": weights_sha256, "because": because, "by": by}
    _check(wanted)
    before = current(store)
    if instead_of is not None and not _is(before, wanted) and (before is None or before.version != instead_of):
        raise Conflict(
            f"{version} was compared with {instead_of}, but production is {before.version if before else 'empty'}: "
            "measure it against the model that is in production now."
        )
    try:
        return _move(store, before, wanted, story)
    except Conflict:
        # Who read the old champion decided against it; the decision stands only if that is still the champion.
        now = current(store)
        if not _is(now, wanted) and not (before and _is(now, asdict(before))):
            raise
        return _move(store, now, wanted, story)


def _is(release: Release | None, wanted: Mapping[str, Any]) -> bool:
    return release is not None and all(getattr(release, key) == wanted[key] for key in ("version", "weights_sha256"))


def _move(store: VersionStore, now: Release | None, wanted: Mapping[str, str], story: Mapping[str, str]) -> Release:
    if now is not None and _is(now, wanted):
        return now
    entry = dict(wanted) | {"at": datetime.now(UTC).isoformat()}
    pointer = (json.dumps(entry, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    return _release(
        store.commit(
            BRANCH,
            {POINTER: pointer},
            message=f"Release {wanted['version']}: {wanted['because']}",
            metadata={**story, **entry},
            parent=now.commit if now else None,
        )
    )


def _release(commit: Commit) -> Release:
    # The log alone answers for the whole history: the pointer's file says the same to whoever looks at one commit.
    entry = commit.metadata
    try:
        at = datetime.fromisoformat(entry["at"])
        return Release(entry["version"], entry["weights_sha256"], entry["because"], entry["by"], at, commit.id)
    except (KeyError, ValueError) as error:
        raise StoreError(
            f"Commit {commit.id} on the branch {BRANCH!r} is no release ({error}): it was not written by promote. "
            "Move the branch back to its parent."
        ) from None


def _check(wanted: Mapping[str, str]) -> None:
    if not _VERSION.fullmatch(wanted["version"]):
        raise InputError(f"{wanted['version']!r} is no version: use letters, digits, '.', '_' and '-'.")
    if not _SHA256.fullmatch(wanted["weights_sha256"]):
        raise InputError(f"{wanted['weights_sha256']!r} is no sha256: give 64 hexadecimal digits, in lower case.")
    for field in ("because", "by"):
        if not wanted[field].strip() or "\0" in wanted[field]:
            raise InputError(
                f"A release needs {field!r}: say in a few words, as text, so that its log can be read later."
            )
