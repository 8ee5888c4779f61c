"""A copy of a history is killed at its writes, then run again: it ends as if nobody had killed it."""

import multiprocessing
import os
import signal
import sys
from itertools import count
from pathlib import Path

import pytest

from autoretrain_assets.store.copying import Copying
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.store.histories import BRANCHES, told, write

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["autoretrain_assets.store.copying"])


def copying(root: Path, name: str) -> Copying:
    """From the history at `root` into a store of that name."""
    return Copying(GitStore(root / "original.git"), GitStore(root / name / "copy.git"), root / name / "staging")


def ends(root: Path, name: str, at: int) -> bool:
    """Whether a copy came to its end before its write of that number, at which it is killed."""
    process = FORKS.Process(target=_copy, args=(root, name, at))
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode == 0


def _copy(root: Path, name: str, at: int) -> None:
    os.environ["AUTORETRAIN_CRASH_HOME"] = str(root / name)
    from autoretrain_tests.crash.inject.sitecustomize import name_of

    writes = count(1)

    def dying(event: str, arguments: tuple) -> None:
        if name_of(event, arguments) and next(writes) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(dying)
    list(copying(root, name).run(BRANCHES))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where a history lies."""
    write(GitStore(tmp_path / "original.git"))
    return tmp_path


def is_whole(one: Copying) -> bool:
    return told(one.target) == told(one.source) and len(one.target.log("main")) == 4


def test_one_copy_that_is_killed_again_and_again_comes_to_its_end(root: Path):
    lives = next(at for at in count(1) if ends(root, "copy", at))
    assert lives > 5
    assert is_whole(copying(root, "copy"))


@pytest.mark.slow
def test_killed_at_a_write_it_goes_on_as_if_nobody_had(root: Path):
    for at in count(3, 11):
        if ends(root, name := f"copy-{at}", at):
            break
        assert ends(root, name, 0)
        assert is_whole(copying(root, name)), f"killed at write {at}"
    assert at > 50
