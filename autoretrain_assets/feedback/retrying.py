"""Put a refused event, as its owner mended it, back into the inbox: killed at any moment it is in one place.

Its files are copied where no run looks yet; then, in one step, its folder leaves quarantine; then the copies move
to where a run finds them. Whether there is a folder that left says on which side of that step a kill was.
"""

import os
import re
import shutil
from pathlib import Path

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.refusals import EVENT, REASON, Refusal
from autoretrain_assets.locks import held
from autoretrain_assets.production.inbox import make_below

STAGING, RETRIED, LEFT = ".retries", "retried", ".retried"
_LOCK = ".retries.lock"
_NAME = re.compile(r"(.+)-[0-9a-f]{12}")
"""A folder's name is the event's, a dash, and 12 digits of its content."""


def retry(refused: Refusal, inbox: Path) -> Path:
    """The event's file in the inbox, where the next run judges it anew.

    Raises InputError, and all stays, where the inbox is gone, where the folder has no event, other folders in it, or a
    name that is no event's; also where another process retries it, or did: what is under way is finished first, and
    never begun anew.
    """
    quarantine = refused.folder.parent.parent
    if not inbox.is_dir():
        raise InputError(f"{inbox} is gone: make its folder again, or mount it, then retry.")
    with held(quarantine / _LOCK):
        _finish(quarantine, inbox)
        _verify(refused.folder)
        staged = inbox / STAGING / refused.folder.parent.name / refused.id
        left = _left(quarantine, staged)
        make_below(inbox, staged)
        _copy(refused.folder, staged)
        left.parent.mkdir(parents=True, exist_ok=True)
        refused.folder.rename(left)
        event = _hand_over(staged, inbox)
        _remove(left)
        _remove_empty(*_passing(quarantine, inbox))
    return event


def resume(quarantine: Path, inbox: Path) -> list[str]:
    """Finish the retries that a kill interrupted; the ids of the events that are in the inbox by that.

    The folders of retries whose event was taken in since are removed. Where the inbox is gone nothing is done: what a
    retry had copied there is not seen, and must not be taken for done.
    """
    places = (*_passing(quarantine, inbox), inbox / RETRIED)
    if not inbox.is_dir() or not any(folder.is_dir() for folder in places):
        return []
    with held(quarantine / _LOCK):
        finished = _finish(quarantine, inbox)
        _remove_empty(*places)
    return finished


def _finish(quarantine: Path, inbox: Path) -> list[str]:
    finished = []
    for staged in sorted((inbox / STAGING).glob("*/*")):
        left = _left(quarantine, staged)
        if left.is_dir():
            _hand_over(staged, inbox)
            _remove(left)
            finished.append(staged.name)
        else:
            _remove(staged)
    for left in (quarantine / LEFT).glob("*/*"):
        _remove(left)
    return finished


def _verify(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError(f"{folder} is gone: it was retried already, or taken away.")
    if not (folder / EVENT).is_file():
        raise InputError(f"{folder} holds no {EVENT}: put the event there, and its image beside it.")
    if not _NAME.fullmatch(folder.name):
        raise InputError(f"{folder}: the name must be the event's, a dash and 12 digits: name it as it was.")
    others = sorted(path.name for path in folder.iterdir() if not path.is_file())
    if others:
        raise InputError(f"{folder}: {others[0]} is no file and would be lost: move it elsewhere.")


def _passing(quarantine: Path, inbox: Path) -> tuple[Path, Path]:
    """Where an event lies while it is retried, and at no other time."""
    return quarantine / LEFT, inbox / STAGING


def _remove_empty(*places: Path) -> None:
    """Call it under the lock: a retry that is at work has folders that are empty as yet."""
    for place in places:
        for folder, _, _ in os.walk(place, topdown=False):
            if not any(Path(folder).iterdir()):
                Path(folder).rmdir()


def _left(quarantine: Path, staged: Path) -> Path:
    """Where the event's folder is once it left quarantine, until its copies are where a run looks."""
    return quarantine / LEFT / staged.parent.name / staged.name


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _copy(folder: Path, staged: Path) -> None:
    """All but the reason; the event has the name again that its folder in quarantine begins with."""
    for path in folder.iterdir():
        if path.name == REASON:
            continue
        copy = staged / (_event_name(staged.name) if path.name == EVENT else path.name)
        shutil.copyfile(path, copy)
        with copy.open("rb") as written:
            os.fsync(written.fileno())


def _hand_over(staged: Path, inbox: Path) -> Path:
    """Move the copies to where a run looks, the event last: it must not be found without its image."""
    target = inbox / RETRIED / staged.parent.name / staged.name
    make_below(inbox, target)
    event = target / _event_name(staged.name)
    for path in sorted(staged.iterdir(), key=lambda path: path.name == event.name):
        path.replace(target / path.name)
    staged.rmdir()
    return event


def _event_name(refused: str) -> str:
    found = _NAME.fullmatch(refused)
    return f"{found[1] if found else refused}.json"
