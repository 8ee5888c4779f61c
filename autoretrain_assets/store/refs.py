"""Branches and tags of a git repository: reading them, and moving them only from where they were seen."""

import fcntl
import os
import re
import time
from pathlib import Path

from autoretrain_assets.errors import StoreError
from autoretrain_assets.files import flush
from autoretrain_assets.store.plumbing import run

NOWHERE = "0" * 40
"""What git calls the place of a ref that does not exist."""

_LOCKED = re.compile(r"Unable to create '(.+\.lock)': File exists")
_DEAD_AFTER = 60.0
"""Seconds. An update of refs holds its locks for milliseconds; one this old belongs to a process that was killed."""


def read_refs(repository: Path, *patterns: str) -> dict[str, str]:
    """Full ref name to commit id, for the refs at or below `patterns`."""
    listed = run(repository, "for-each-ref", "--format=%(objectname) %(*objectname) %(refname)", *patterns).decode()
    rows = (line.split(" ", 2) for line in listed.splitlines())
    return {name: behind_annotation or target for target, behind_annotation, name in rows}


def update_refs(repository: Path, *commands: str) -> None:
    """Do all of `git update-ref --stdin`'s commands or none; raises StoreError where a ref is not where they say."""
    # Without the closing word nothing is done, so a writer that dies while it speaks changes nothing.
    script = "\n".join(["start", *commands, "prepare", "commit", ""]).encode()
    try:
        run(repository, "update-ref", "--stdin", stdin=script)
    except StoreError as error:
        if not _broke_dead_lock(repository, str(error)):
            raise
        run(repository, "update-ref", "--stdin", stdin=script)


def flush_ref(repository: Path, name: str) -> None:
    """Let a ref that was just moved survive a power cut: git flushes its content, and not its name."""
    for folder in (repository / name).parents:
        flush(folder)
        if folder == repository / "refs":
            return


def _broke_dead_lock(repository: Path, complaint: str) -> bool:
    """Remove the lock that a killed process left, if that is what stood in the way."""
    locked = _LOCKED.search(complaint)
    if locked is None:
        return False
    # Looking and removing must be one step: another writer's fresh lock may take the place of the dead one.
    folder = os.open(repository, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        return _remove_if_dead(Path(locked[1]))
    finally:
        os.close(folder)


def _remove_if_dead(lock: Path) -> bool:
    try:
        dead = time.time() - lock.stat().st_mtime > _DEAD_AFTER
    except FileNotFoundError:
        return True
    if dead:
        lock.unlink(missing_ok=True)
    return dead
