"""One pass over a remote inbox: each event with its image goes into the local inbox, and only then from there.

Killed between any two steps, the next pass brings the event again, which intake knows by its id, or finds that it
was noted as brought, and only removes what is left of it there.
"""

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


@dataclass(slots=True)
class Tally:
    """What a pass did so far. `stay` holds the path of what it leaves there, each with the reason."""

    brought: int = 0
    waiting: int = 0
    stay: list[tuple[str, str]] = field(default_factory=list)
    is_cut_short: bool = False


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
            for folder in folders(self._storage, self.tally.stay):
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
        for event in folder.events:
            if bounded and self._is_enough():
                return False
            self._looked_at += 1
            try:
                needed |= self._bring(event, folder)
            except Gone:
                continue  # it was taken back, or replaced, since it was listed: the next pass sees what is there
            except TimedOut:
                raise
            except InboxError as error:
                self._failed.append(error)
                self._leave(event, _failure(error))
                needed |= folder.files.keys()  # which image it needs is not known
        self._remove_images(folder, needed, bounded=bounded)
        return True

    def _bring(self, event: Entry, folder: Folder) -> set[str]:
        """Bring one event; returns the names of the images that are still needed for it there."""
        if self._noted.get(event.path) == event.mark:
            return self._remove_event(event, folder)
        content = self._storage.read(event, self._settings.max_event_bytes)
        if content is None:
            self._leave(event, "is over feedback.max_event_bytes")
            return set(images_called_as(event.name))
        named = named_image(content)
        names = [named] if named is not None else images_called_as(event.name)
        image = next((folder.files[name] for name in names if name in folder.files), None)
        if image is None and named is not None and self._may_still_come(event):
            self.tally.waiting += 1
            return {named}
        self._keep(event, content, image)
        return self._remove_event(event, folder)

    def _keep(self, event: Entry, content: bytes, image: Entry | None) -> None:
        pixels = None if image is None else self._storage.read(image, self._settings.max_image_bytes)
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

    def _remove_event(self, event: Entry, folder: Folder) -> set[str]:
        """Remove an event that was brought; which image one needs that took its place meanwhile is not known."""
        is_gone = self._storage.remove(event.path, event.mark)
        self._forget(event.path)
        return set() if is_gone else set(folder.files)

    def _is_enough(self) -> bool:
        """One event at least is looked at, however little time there is: else a slow store would never be emptied."""
        return self._looked_at > 0 and (self._storage.is_out_of_time() or self.tally.brought >= EVENTS_A_PASS)

    def _may_still_come(self, event: Entry) -> bool:
        """Where the store tells no time, for ever: nobody could say how long the event has waited."""
        grace = timedelta(seconds=self._settings.image_grace_seconds)
        return event.modified is None or self._now - event.modified < grace

    def _remove_images(self, folder: Folder, needed: set[str], *, bounded: bool) -> None:
        """Remove the images that were brought and that no event of the folder needs, as far as there is time."""
        for image in folder.files.values():
            if image.path not in self._noted or image.name in needed:
                continue
            if bounded and self._storage.is_out_of_time():
                return
            try:
                if image.mark == self._noted[image.path]:
                    self._storage.remove(image.path, image.mark)
            except TimedOut:
                raise
            except InboxError as error:
                self._leave(image, _failure(error))
            else:
                self._forget(image.path)

    def _leave(self, entry: Entry, why: str) -> None:
        self.tally.stay.append((entry.path, why))


def _failure(error: InboxError) -> str:
    return f"stays, as {str(error).rstrip('.')}"
