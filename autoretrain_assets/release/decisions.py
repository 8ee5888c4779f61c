"""What was decided on a version, as it lies in the store: by the gate, or by an owner who abandoned the version."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.store import artifacts
from autoretrain_assets.store.base import Commit, VersionStore

NAME = "decision.json"
ABANDONED = "abandoned"
"""The outcome of a version that could not be trained or measured; the next one is made without it."""


def is_made(store: VersionStore, version: str) -> bool:
    """Whether anything was decided on `version`."""
    return NAME in artifacts.names(store, version)


def read(store: VersionStore, version: str) -> dict[str, Any]:
    """The decision: its outcome, reasons, verdicts and the champion it was measured against; raises NotFound."""
    return artifacts.read_json(store, version, NAME)


class Decided:
    """What was decided on each version, asked for at once; one that is damaged is an error only for who asks for it."""

    def __init__(self, store: VersionStore) -> None:
        self._store = store
        self._known: dict[str, bytes] | None = None
        with suppress(IntegrityError):
            self._known = artifacts.read_each(store, NAME)

    def on(self, version: str) -> dict[str, Any] | None:
        """The decision, or None where there is none; raises IntegrityError."""
        if self._known is None:
            return read(self._store, version) if is_made(self._store, version) else None
        found: dict[str, Any] | None = json.loads(self._known.get(version, b"null"))
        return found


def write(
    store: VersionStore, version: str, content: Mapping[str, Any], story: Mapping[str, str] = artifacts.NOTHING
) -> Commit:
    """Store a decision, in place of an earlier one; `story` is what its commit tells."""
    files = {NAME: json.dumps(content, indent=2, sort_keys=True).encode()}
    return artifacts.put(store, version, files, f"Decision {version}: {content['outcome']}", story)


def abandon(store: VersionStore, version: str, because: str, by: str, story: Mapping[str, str]) -> None:
    """Decide that nothing comes of `version`; raises InputError where something was decided already."""
    if is_made(store, version):
        outcome = read(store, version)["outcome"]
        raise InputError(f"{version} is decided ({outcome}): only what has no decision can be abandoned.")
    reasons = [f"{because} (by {by})"]
    write(store, version, {"outcome": ABANDONED, "reasons": reasons, "verdicts": [], "champion": None}, story)


def lines(store: VersionStore, version: str) -> Iterator[str]:
    """The decision, then a line for each of its reasons; raises NotFound."""
    decision = read(store, version)
    yield f"{version}: {decision['outcome']}"
    yield from (f"  {reason}" for reason in decision["reasons"])


def sentence(store: VersionStore, version: str) -> str:
    """The decision in one line; raises NotFound."""
    decision = read(store, version)
    return f"{version}: {decision['outcome']}: {'; '.join(decision['reasons'])}"
