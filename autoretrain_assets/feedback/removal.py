"""Take out of the inbox what is kept elsewhere, so that a kill half-way leaves nothing behind."""

import json
import uuid
from collections.abc import Collection, Sequence
from pathlib import Path

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback.inbox import Waiting, still_needed
from autoretrain_assets.feedback.marks import Mark, mark_of
from autoretrain_assets.files import write_bytes

Files = Sequence[tuple[Path, Mark]]


def remove(handled: Collection[Waiting], journals: Path, settings: Feedback) -> None:
    """Remove events, then those of their images that no other event in the folder refers to.

    What is to go is first written to a journal in `journals`. An event goes before its image: without its
    image it would be refused the next time. A file that took a removed one's name since stays.
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
    """Finish the removals that a kill interrupted."""
    for journal in sorted(journals.glob("[!.]*.json")):
        try:
            entries = json.loads(journal.read_bytes())
        except FileNotFoundError:
            continue  # the run that wrote it has finished it
        _finish(journal, _read(entries["events"]), _read(entries["images"]), settings)


def _finish(journal: Path, events: Files, images: Files, settings: Feedback) -> None:
    _unlink(events)
    needed = still_needed({path.parent for path, _ in images}, settings)
    _unlink([(path, mark) for path, mark in images if path not in needed])
    journal.unlink(missing_ok=True)


def _unlink(files: Files) -> None:
    for path, mark in files:
        if mark_of(path) == mark:
            path.unlink(missing_ok=True)


def _listed(files: Files) -> list[tuple[str, Mark]]:
    return [(str(path.absolute()), mark) for path, mark in files]


def _read(entries: Sequence[tuple[str, Sequence[int]]]) -> Files:
    return [(Path(path), (mark[0], mark[1], mark[2])) for path, mark in entries]
