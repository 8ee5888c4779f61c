"""Empty the remote inboxes into the local one; a remote that is away stops nobody but itself."""

import math
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import InboxError
from autoretrain_assets.feedback.remote import arrivals
from autoretrain_assets.feedback.remote.leftovers import Leftovers
from autoretrain_assets.feedback.remote.names import readable
from autoretrain_assets.files import write_text
from autoretrain_assets.locks import held, is_held
from autoretrain_assets.words import many

if TYPE_CHECKING:
    from autoretrain_assets.feedback.remote.emptying import Tally
    from autoretrain_assets.feedback.remote.storage import Storage

NAMED = 3


def drain(inbox: Path, settings: Feedback, now: datetime, seconds: float = math.inf) -> list[str]:
    """Move what waits in `settings.inboxes` into `inbox`; returns sentences for the owner, none where nothing was.

    All of them together take about `seconds`, of which each has its share; what then still waits there is left
    to the next call. Where another process is at it, it is left to that. An inbox belongs to one home.
    """
    if not settings.inboxes:
        return []
    if not inbox.is_dir():
        return [f"{inbox} is gone, so nothing is brought from the remote inboxes: make or mount it"]
    lock = inbox / arrivals.STATE / "lock"
    if is_held(lock):
        return ["another pass is at the remote inboxes"]
    with held(lock):
        end, sentences = time.monotonic() + seconds, []
        for at, url in enumerate(settings.inboxes):
            share = (end - time.monotonic()) / (len(settings.inboxes) - at)
            sentences += _drain_one(url, inbox, settings, now, share)
        arrivals.tidy(inbox, now)
    return sentences


def _drain_one(url: str, inbox: Path, settings: Feedback, now: datetime, seconds: float) -> list[str]:
    from autoretrain_assets.feedback.remote.emptying import Pass  # fsspec takes a while to import

    leftovers, sentences = Leftovers(inbox / arrivals.STATE, url), list[str]()
    try:
        storage = _opened(url, inbox, settings, seconds)
        if storage.has_anything():
            storage.claim(_owner(inbox / arrivals.STATE))
        work = Pass(storage, inbox, leftovers, settings, now)
        try:
            work.run(bounded=math.isfinite(seconds))
        finally:
            sentences += _told(url, work.tally)
    except InboxError as error:
        sentences.append(str(error))
    return sentences


def _opened(url: str, inbox: Path, settings: Feedback, seconds: float) -> "Storage":
    from autoretrain_assets.feedback.remote.storage import Storage

    storage = Storage(url, settings.storage_options, seconds)
    if storage.shares_files_with(inbox):
        raise InboxError(f"{url} is where the home's own inbox is: take it out of feedback.inboxes.")
    return storage


def _owner(state: Path) -> str:
    """The home's word for itself: it stays with the home wherever that is moved."""
    file = state / "home"
    if not file.is_file():
        write_text(file, uuid.uuid4().hex)
    return file.read_text()


def _told(url: str, tally: "Tally") -> Iterator[str]:
    if tally.brought:
        yield f"{url}: {many(tally.brought, 'event')} brought{', and more are there' if tally.is_cut_short else ''}"
    if tally.waiting:
        wait = "waits for its" if tally.waiting == 1 else "wait for their"
        yield f"{url}: {many(tally.waiting, 'event')} {wait} image"
    if tally.stay:
        named = [f"'{readable(path)}' {why}" for path, why in tally.stay[:NAMED]]
        more = len(tally.stay) - len(named)
        yield f"{url}: left there: {', '.join(named)}{f', and {more} more' if more else ''}"
