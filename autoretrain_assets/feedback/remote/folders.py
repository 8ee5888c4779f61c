"""The folders of a remote inbox, sorted into what can be brought, what is passed over, and what must stay."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from autoretrain_assets.feedback.names import is_event, is_unfinished
from autoretrain_assets.feedback.remote.listing import Entry
from autoretrain_assets.feedback.remote.names import images_called_as, is_usable
from autoretrain_assets.feedback.remote.storage import Storage

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Folder:
    """A remote folder as it was listed: its events, and all its usable files by name.

    Events that may have to wait for an image come last, and all are oldest first: what was waited for long enough
    is no longer behind those that arrive since.
    """

    events: Sequence[Entry]
    files: Mapping[str, Entry]


def folders(storage: Storage, stay: list[tuple[str, str]], may_wait: Callable[[Entry], bool]) -> Iterator[Folder]:
    """Folder by folder, by name as days are: a pass that is cut short has begun with the oldest.

    Each is listed when it is asked for. What cannot be brought is added to `stay`, with the reason. `may_wait` says
    of an event whether there is still time for its image to come.
    """
    paths = [""]
    while paths:
        inner, files = [], {}
        for entry in storage.entries(paths.pop()):
            if (why := _why_it_stays(entry)) is not None:
                stay.append((entry.path, why))
            elif is_unfinished(entry.name):
                continue
            elif entry.kind == "directory":
                inner.append(entry.path)
            else:
                files[entry.name] = entry
        events = [entry for entry in files.values() if is_event(entry.name)]
        yield Folder(sorted(events, key=lambda event: _place(event, files, may_wait)), files)
        paths += sorted(inner, reverse=True)


def _place(event: Entry, files: Mapping[str, Entry], may_wait: Callable[[Entry], bool]) -> tuple[bool, datetime, str]:
    is_alone = files.keys().isdisjoint(images_called_as(event.name))
    return is_alone and may_wait(event), event.modified or LONG_AGO, event.name


def _why_it_stays(entry: Entry) -> str | None:
    if not is_usable(entry.name):
        return "cannot be a file's name here"
    return None if entry.kind in {"file", "directory"} else "is no plain file"
