"""A commit's message and its metadata in one text that git keeps byte for byte.

The metadata is the last line, JSON behind a key, so that `git log` shows it and any text survives.
It is always there, even when empty: a message that happens to end like one still reads back whole.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from autoretrain_assets.errors import StoreError
from autoretrain_assets.store.base import Commit

_KEY = "\n\nautoretrain-metadata: "


def encode_message(message: str, metadata: Mapping[str, str]) -> bytes:
    """The text to store; raises StoreError for a message or a value that is no text."""
    check_texts(message, metadata)
    try:
        return f"{message}{_KEY}{json.dumps(dict(metadata), sort_keys=True)}\n".encode()
    except UnicodeEncodeError as error:
        raise StoreError(f"A commit message must be valid Unicode: {error.reason}.") from None


def check_texts(message: str, metadata: Mapping[str, str]) -> None:
    """Raise StoreError for a value that is no text, or a message that cannot be written down."""
    if wrong := [key for key, value in metadata.items() if not isinstance(key, str) or not isinstance(value, str)]:
        raise StoreError(f"The metadata field {wrong[0]!r} is not text: write it as a string.")
    if "\0" in message:
        raise StoreError("A commit message cannot hold a NUL character: leave it out.")


def moment(created_at: datetime | None) -> datetime:
    """When a commit is made, to the second and in UTC; raises StoreError for a time of no zone."""
    if created_at is not None and created_at.tzinfo is None:
        raise StoreError(f"The time of a commit has no time zone ({created_at}): give it one.")
    return (created_at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)


def tree_of(raw: bytes) -> bytes:
    """The id of the folder that a commit stands for, from git's own bytes."""
    return bytes.fromhex(raw.removeprefix(b"tree ").split(b"\n", 1)[0].decode())


def decode_commit(identifier: str, raw: bytes) -> Commit:
    """A commit from git's own bytes. One that was made by hand, without a last line as ours, has no metadata."""
    headers, _, body = raw.partition(b"\n\n")
    committer = next(line for line in headers.split(b"\n") if line.startswith(b"committer "))
    created_at = datetime.fromtimestamp(int(committer.rsplit(b" ", 2)[1]), UTC)
    text = body.decode(errors="replace")
    message, key, last = text.rpartition(_KEY)
    metadata = _metadata(last) if key else None
    if metadata is None:
        return Commit(identifier, text.rstrip("\n"), created_at)
    return Commit(identifier, message, created_at, metadata)


def _metadata(last: str) -> dict[str, str] | None:
    try:
        found = json.loads(last)
    except ValueError:
        return None
    is_ours = isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
    return found if is_ours else None
