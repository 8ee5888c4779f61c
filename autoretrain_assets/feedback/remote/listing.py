"""What a listing says of a file, in one form for all protocols."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

TIMES = ("LastModified", "last_modified", "updated", "mtime", "created")
VERSIONS = ("ETag", "etag", "generation", "ino")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder. `path` is relative to the inbox; the mark tells one content from the next of that name."""

    path: str
    name: str
    kind: str
    size: int | None
    modified: datetime | None
    mark: str


def entry_of(info: Mapping[str, Any], parent: str, folder: str) -> Entry | None:
    """None for the folder itself, which some stores list as a file of its own name.

    `parent` is the whole path of the folder, `folder` the one relative to the inbox. What lies elsewhere keeps
    its whole path as its name, which is no plain one.
    """
    whole = str(info["name"])
    if whole.rstrip("/") == parent and info["type"] != "directory":
        return None
    name = whole.removeprefix(f"{parent}/")
    path = f"{folder}/{name}" if folder else name
    return Entry(path, name, str(info["type"]), info.get("size"), _modified(info), mark_of(info))


def mark_of(info: Mapping[str, Any]) -> str:
    """The size, the time, and the store's own word for this content where it has one.

    Beside such a word the time counts in whole seconds: some servers tell it more finely in a listing than of a file.
    """
    version = next((str(info[name]) for name in VERSIONS if info.get(name)), "")
    when = _modified(info)
    if version and when is not None:
        when = when.replace(microsecond=0)
    return f"{info.get('size')} {version} {when}"


def _modified(info: Mapping[str, Any]) -> datetime | None:
    found = next((info[name] for name in TIMES if info.get(name)), None)
    if isinstance(found, str):
        found = datetime.fromisoformat(found)
    if isinstance(found, datetime):
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None if found is None else datetime.fromtimestamp(found, UTC)
