"""Take out of the inbox what is kept elsewhere, so that a kill half-way leaves nothing behind."""

import hashlib
import json
import os
import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.feedback.inbox import Waiting, still_needed
from autoretrain_assets.feedback.marks import Mark, mark_of
from autoretrain_assets.files import write_bytes

Files = Sequence[tuple[Path, Mark]]


def remove(handled: Collection[Waiting], journals: Path, settings: Feedback) -> None:
    """Remove events, then those of their images that no other event in the folder refers to.

    What is to go is first written to a journal in `journals`. An event goes before its image: without its
    image it would be refused the next time. A file that took a removed one's name stays, whenever it came.
    """
    if not handled:
        return
    events = [(waiting.path, waiting.mark) for waiting in handled]
    images = [(waiting.image, waiting.image_mark) for waiting in handled if waiting.image and waiting.image_mark]
    journal = journals / f"{uuid.uuid4().hex}.json"
    # ASCII, since a file name need not be UTF-8
    entries = {"events": _listed(events), "images": _listed(images)}
    write_bytes(journal, json.dumps(entries).encode("ascii"))
    _finish(journal, events, images, settings)


def resume(journals: Path, settings: Feedback) -> None:
    """Finish the removals that a kill interrupted; raises IntegrityError for a journal that is damaged."""
    for journal in sorted(journals.glob("[!.]*.json")):
        try:
            entries = json.loads(journal.read_bytes())
            events, images = _read(entries["events"]), _read(entries["images"])
        except FileNotFoundError:
            continue  # the run that wrote it has finished it
        except (ValueError, LookupError, TypeError) as error:
            raise IntegrityError(
                f"{journal} is damaged ({error}): remove it; what it was to take out of the inbox is judged again."
            ) from error
        _finish(journal, events, images, settings)


def _finish(journal: Path, events: Files, images: Files, settings: Feedback) -> None:
    _unlink(events)
    needed = still_needed({path.parent for path, _ in images}, settings)
    _unlink([(path, mark) for path, mark in images if path not in needed])
    journal.unlink(missing_ok=True)


def _unlink(files: Files) -> None:
    """Remove each file that is still the one that was seen: it is moved aside first, for only what nobody can replace
    any more can be looked at and then removed.
    """
    for path, mark in files:
        aside = path.with_name(f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]}.going")
        if mark_of(path) == mark:
            _move(path, aside)
        if mark_of(aside) not in {None, mark}:
            _put_back(aside, path)
        aside.unlink(missing_ok=True)


def _move(path: Path, aside: Path) -> None:
    with suppress(FileNotFoundError):  # somebody else took it
        path.rename(aside)


def _put_back(aside: Path, path: Path) -> None:
    """What came between the look and the move; one that came after it has replaced it, as its producer meant."""
    try:
        os.link(aside, path, follow_symlinks=False)
    except FileExistsError:
        return
    except OSError:  # no hard links here
        if mark_of(path) is None:
            aside.rename(path)


def _listed(files: Files) -> list[tuple[str, Mark]]:
    return [(str(path.absolute()), mark) for path, mark in files]


def _read(entries: Sequence[tuple[str, Sequence[int]]]) -> Files:
    return [(Path(path), (mark[0], mark[1], mark[2])) for path, mark in entries]
