"""One pass over a remote inbox: each event with its image goes into the local inbox, and only then from there.

Killed between any two steps, the next pass brings the event again, which intake knows by its id, or finds that it
was noted as brought, and only removes what is left of it there.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import InboxError
from autoretrain_assets.feedback.glance import named_image
from autoretrain_assets.feedback.remote import arrivals
from autoretrain_assets.feedback.remote.folders import Folder, folders
from autoretrain_assets.feedback.remote.leftovers import Leftovers
from autoretrain_assets.feedback.remote.listing import Entry
from autoretrain_assets.feedback.remote.names import images_called_as
from autoretrain_assets.feedback.remote.storage import Gone, Storage, TimedOut

EVENTS_A_PASS = 1_000

AT_ONCE = 8
"""Events that are asked for at once: so many images are in memory, and most of a question's time is waiting."""


@dataclass(slots=True)
class Tally:
    """What a pass did so far. `stay` holds the path of what it leaves there, each with the reason."""

    brought: int = 0
    waiting: int = 0
    stay: list[tuple[str, str]] = field(default_factory=list)
    is_cut_short: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of an event: None of its bytes or its image's where these are over the limit or not there."""

    content: bytes | None
    named: str | None
    image: Entry | None
    pixels: bytes | None


class Pass:
    """One pass over one inbox; it keeps count in `tally`."""

    def __init__(self, storage: Storage, inbox: Path, leftovers: Leftovers, settings: Feedback, now: datetime) -> None:
        self._storage, self._inbox, self._leftovers = storage, inbox, leftovers
        self._settings, self._now = settings, now
        self._noted = dict(leftovers.read())
        self._looked_at, self._failed = 0, list[InboxError]()
        self.tally = Tally()

    def run(self, *, bounded: bool) -> None:
        """Bring what is there; raises InboxError where nothing can be listed, or not one event be brought.

        A file of which the storage refuses something stays, and the pass goes on with the next. A bounded pass ends
        when the storage is out of time, or after many events, and the next one goes on.
        """
        seen: set[str] = set()
        try:
            for folder in folders(self._storage, self.tally.stay, self._may_still_come):
                seen |= {entry.path for entry in folder.files.values()}
                if not self._empty(folder, bounded=bounded):
                    self.tally.is_cut_short = True
                    return
        except TimedOut:
            if not self.tally.brought:
                raise
            self.tally.is_cut_short = True
            return
        for path in self._noted.keys() - seen:
            self._forget(path)
        if self._failed and len(self._failed) == self._looked_at and not self.tally.brought:
            raise self._failed[0]

    def _empty(self, folder: Folder, *, bounded: bool) -> bool:
        """Whether every event of the folder was looked at: only then is known which images are needed no more."""
        needed: set[str] = set()
        events = deque(folder.events)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while events:
                if bounded and self._is_enough():
                    return False
                some = [events.popleft() for _ in range(min(len(events), self._how_many(bounded=bounded)))]
                needed |= self._bring(some, folder, pool)
            self._remove_images(folder, needed, pool, bounded=bounded)
        return True

    def _bring(self, events: Sequence[Entry], folder: Folder, pool: Executor) -> set[str]:
        """Bring some events; returns the names of the images that are still needed for them there.

        They are read at once and removed at once; between the two each is kept here, one after the other.
        """
        reads = [pool.submit(self._read, event, folder) for event in events]
        needed, kept = set[str](), list[Entry]()
        for event, read in zip(events, reads, strict=True):
            self._looked_at += 1
            with self._told(event, folder, needed):
                if self._is_kept(event, read.result(), needed):
                    kept.append(event)
        removals = [pool.submit(self._storage.remove, event.path, event.mark) for event in kept]
        for event, removal in zip(kept, removals, strict=True):
            with self._told(event, folder, needed):
                if not removal.result():
                    needed |= folder.files.keys()  # which image one needs that took its place is not known
                self._forget(event.path)
        return needed

    @contextmanager
    def _told(self, event: Entry, folder: Folder, needed: set[str]) -> Iterator[None]:
        try:
            yield
        except Gone:
            return  # it was taken back, or replaced, since it was listed: the next pass sees what is there
        except TimedOut:
            raise
        except InboxError as error:
            self._failed.append(error)
            self._leave(event, _failure(error))
            needed |= folder.files.keys()  # which image it needs is not known

    def _read(self, event: Entry, folder: Folder) -> _Read | None:
        """An event and its image, where that is there; None where the event was brought before."""
        if self._noted.get(event.path) == event.mark:
            return None
        content = self._storage.read(event, self._settings.max_event_bytes)
        named = None if content is None else named_image(content)
        names = [named] if named is not None else images_called_as(event.name)
        image = next((folder.files[name] for name in names if name in folder.files), None)
        pixels = self._storage.read(image, self._settings.max_image_bytes) if image and content is not None else None
        return _Read(content, named, image, pixels)

    def _is_kept(self, event: Entry, read: _Read | None, needed: set[str]) -> bool:
        """Keep what was read here, and note it; whether it may be removed there."""
        if read is None:
            return True
        if read.content is None:
            self._leave(event, "is over feedback.max_event_bytes")
            needed.update(images_called_as(event.name))
            return False
        if read.image is None and read.named is not None and self._may_still_come(event):
            self.tally.waiting += 1
            needed.add(read.named)
            return False
        self._keep(event, read.content, read.image, read.pixels)
        return True

    def _keep(self, event: Entry, content: bytes, image: Entry | None, pixels: bytes | None) -> None:
        arrivals.put(self._inbox, event.name, content, image.name if image else None, pixels)
        if image is not None and pixels is None:
            self._leave(image, "is over feedback.max_image_bytes, so its event comes without it")
        elif image is not None:
            self._note(image)
        self._note(event)
        self.tally.brought += 1

    def _note(self, entry: Entry) -> None:
        self._leftovers.note(entry.path, entry.mark)
        self._noted[entry.path] = entry.mark

    def _forget(self, path: str) -> None:
        self._leftovers.drop(path)
        del self._noted[path]

    def _is_enough(self) -> bool:
        """One event at least is looked at, however little time there is: else a slow store would never be emptied."""
        return self._looked_at > 0 and (self._storage.is_out_of_time() or self.tally.brought >= EVENTS_A_PASS)

    def _how_many(self, *, bounded: bool) -> int:
        """One event where there is no time: to read more would take longer."""
        return 1 if bounded and self._storage.is_out_of_time() else AT_ONCE

    def _may_still_come(self, event: Entry) -> bool:
        """Where the store tells no time, for ever: nobody could say how long the event has waited."""
        grace = timedelta(seconds=self._settings.image_grace_seconds)
        return event.modified is None or self._now - event.modified < grace

    def _remove_images(self, folder: Folder, needed: set[str], pool: Executor, *, bounded: bool) -> None:
        """Remove the images that were brought and that no event of the folder needs, as far as there is time."""
        brought = [image for image in folder.files.values() if image.path in self._noted and image.name not in needed]
        for at in range(0, len(brought), AT_ONCE):
            some = brought[at : at + AT_ONCE]
            if bounded and self._storage.is_out_of_time():
                return
            removals = [pool.submit(self._remove_image, image) for image in some]
            for image, removal in zip(some, removals, strict=True):
                try:
                    removal.result()
                except TimedOut:
                    raise
                except InboxError as error:
                    self._leave(image, _failure(error))
                else:
                    self._forget(image.path)

    def _remove_image(self, image: Entry) -> None:
        if image.mark == self._noted[image.path]:
            self._storage.remove(image.path, image.mark)

    def _leave(self, entry: Entry, why: str) -> None:
        self.tally.stay.append((entry.path, why))


def _failure(error: InboxError) -> str:
    return f"stays, as {str(error).rstrip('.')}"
