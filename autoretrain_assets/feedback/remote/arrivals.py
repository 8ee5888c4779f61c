"""Remote events put into the local inbox, as their producer would have put them there."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autoretrain_assets.feedback.names import is_event
from autoretrain_assets.files import write_bytes
from autoretrain_assets.production.inbox import flush_folder, make_below

FOLDER, STATE = "remote", ".remote"
"""Where remote events lie, and, beside them, what is known of their inboxes: what begins with a dot is no event."""

OWN = "[0-9a-f]" * 32
"""Folders of other names are a producer's own."""

QUIET = timedelta(minutes=10)


def put(inbox: Path, name: str, event: bytes, image_name: str | None, image: bytes | None) -> None:
    """Write the image, then the event, each whole or absent; both are on the disk when this returns.

    Every event has a folder of its own, called by all that is in it: the same one again takes its own place and
    no other's, whoever used its names before, in whatever spelling. Both names must be plain ones. Raises OSError
    where the inbox is gone: it is never made.
    """
    digest = hashlib.sha256()
    for part in (name.encode(), event, (image_name or "").encode(), image or b""):
        digest.update(hashlib.sha256(part).digest())
    folder = inbox / FOLDER / digest.hexdigest()[:32]
    make_below(inbox, folder)
    if image_name is not None and image is not None:
        write_bytes(folder / image_name, image)
        flush_folder(folder)  # the order of the two names on the disk is that of their writing
    write_bytes(folder / name, event)
    for made in (folder, folder.parent, inbox):
        flush_folder(made)


def tidy(inbox: Path, now: datetime) -> None:
    """Remove the folders whose event intake has taken, and what a kill left half done; call it while nothing is put.

    An image goes after its event, so one without an event is needed by nobody, and none is shared. Intake may
    still be at what changed a moment ago.
    """
    for folder in (inbox / FOLDER).glob(OWN):
        files = list(folder.iterdir())
        is_quiet = datetime.fromtimestamp(folder.stat().st_mtime, UTC) < now - QUIET
        if is_quiet and not any(is_event(file.name) or file.is_dir() for file in files):
            for file in files:
                file.unlink(missing_ok=True)
            folder.rmdir()
    for unfinished in (inbox / STATE).glob(".*.tmp"):
        unfinished.unlink(missing_ok=True)
