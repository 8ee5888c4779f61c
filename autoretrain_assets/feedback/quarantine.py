"""Where a refused event goes: a folder of its own with its file, its image, and the reason."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from autoretrain_assets.feedback import marks
from autoretrain_assets.feedback.glance import NOT_PLAIN
from autoretrain_assets.feedback.inbox import Waiting
from autoretrain_assets.feedback.refusals import ARRIVAL, CAPTURE, DAY_OF, EVENT, REASON
from autoretrain_assets.files import sha256_of, write_json

MAX_COPIED_BYTES = 100_000_000
"""A larger file is linked where that works: a file of holes would fill the disk."""


def keep(waiting: Waiting, quarantine: Path, reason: str, now: datetime) -> None:
    """Copy the event, its image and the reason into a folder of quarantine that is whole or absent.

    The folder is named by the bytes of both, so that a second try after a kill makes no second one, and the
    same event with another image does not take its place. Of a link, which may lead anywhere, nothing but
    where it points is kept; what may not be read is moved there as it is. Raises Replaced where a file is
    no longer the one that was seen.
    """
    link = _link(waiting)
    day = quarantine / waiting.day.isoformat()
    staging = day / f".{'-'.join(map(str, waiting.mark))}.tmp"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        copies = [_copied(path, mark, staging / name) for path, mark, name in _files(waiting)]
    except marks.Replaced:
        shutil.rmtree(staging)
        raise
    folder = day / _name(waiting, [*copies, *([] if link is None else [link])])
    if folder.is_dir():
        shutil.rmtree(staging)
    else:
        write_json(staging / REASON, _reason(waiting, link, reason, now))
        staging.rename(folder)
    _move_the_rest(waiting, folder)


def _link(waiting: Waiting) -> str | None:
    """Where the event points if it was seen as a link."""
    if waiting.refusal != NOT_PLAIN:
        return None
    try:
        return str(waiting.path.readlink())
    except OSError as error:
        raise marks.Replaced(waiting.path) from error


def _files(waiting: Waiting) -> Iterator[tuple[Path, marks.Mark, str]]:
    """What is to be kept and under which name, the event last: as long as it lies in the inbox all is tried again."""
    if waiting.image is not None and waiting.image_mark is not None:
        yield waiting.image, waiting.image_mark, waiting.image.name
    if waiting.refusal != NOT_PLAIN:
        yield waiting.path, waiting.mark, EVENT


def _copied(path: Path, mark: marks.Mark, target: Path) -> str:
    """What tells the file from another: its sha256; of one that was linked, or may not be read, its mark."""
    *_, size = mark
    try:
        if size > MAX_COPIED_BYTES and _linked(path, mark, target):
            return str(mark)
        marks.copy(path, mark, target)
    except PermissionError:
        return str(mark)
    return sha256_of(target)


def _linked(path: Path, mark: marks.Mark, target: Path) -> bool:
    try:
        os.link(path, target, follow_symlinks=False)
    except OSError:
        return False
    if marks.mark_of(target) != mark:
        raise marks.Replaced
    return True


def _move_the_rest(waiting: Waiting, folder: Path) -> None:
    for path, mark, name in _files(waiting):
        if not (folder / name).exists() and marks.mark_of(path) == mark:
            path.rename(folder / name)


def _name(waiting: Waiting, copies: Sequence[str]) -> str:
    kept = [*copies, *([waiting.image.name] if waiting.image else [])]
    digest = hashlib.sha256("\n".join(kept).encode("utf-8", "surrogateescape")).hexdigest()
    # a name that is plain on any file system, whatever the producer called its file
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', waiting.path.stem)[:80]}-{digest[:12]}"


def _reason(waiting: Waiting, link: str | None, reason: str, now: datetime) -> dict[str, str]:
    facts = {"reason": reason, "field": reason.partition(":")[0], "file": _readable(waiting.path.name)}
    facts[DAY_OF] = ARRIVAL if waiting.is_placed_by_arrival else CAPTURE
    if link is not None:
        facts["link_to"] = _readable(link)
    return facts | {"at": now.isoformat()}


def _readable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")
