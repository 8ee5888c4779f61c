"""What writers leave in a git store, and what must stay of it."""

import os
import subprocess
import time
from datetime import timedelta

from autoretrain_assets.store.git import GitStore
from autoretrain_assets.store.pack import BLOB, object_id
from autoretrain_assets.store.packing import NewPack, new_pack

_LONG = timedelta(days=2)


def grow_old(store: GitStore) -> None:
    """As if all that is there were written two days ago."""
    at = time.time() - _LONG.total_seconds()
    for path in store.path.rglob("*"):
        os.utime(path, (at, at))


def whole(store: GitStore) -> dict[str, dict[str, bytes]]:
    """All that refs lead to, and git finds nothing wrong."""
    subprocess.run(["git", f"--git-dir={store.path}", "fsck", "--strict", "--full"], check=True, capture_output=True)
    commits = {commit.id for ref in (*store.branches(), *store.tags()) for commit in store.log(ref)}
    return {each: {path: store.read(each, path) for path in store.list(each)} for each in commits}


def lose(store: GitStore, content: bytes) -> None:
    """What a writer leaves that is overtaken."""
    with new_pack(store.path, ()) as new:
        new.pack.add(BLOB, content)
        new.land()


def die(store: GitStore, content: bytes, age: timedelta = timedelta(0)) -> None:
    """What a writer leaves that was killed so long ago, before it named its pack."""
    new = NewPack(store.path / "objects/pack", ())
    new.pack.add(BLOB, content)
    new.land()
    at = time.time() - age.total_seconds()
    for path in (store.path / "objects/pack").glob(f"*{new.name}*"):
        os.utime(path, (at, at))


def holds(store: GitStore, content: bytes) -> bool:
    known = object_id(BLOB, content).hex()
    return subprocess.run(["git", f"--git-dir={store.path}", "cat-file", "-e", known], check=False).returncode == 0
