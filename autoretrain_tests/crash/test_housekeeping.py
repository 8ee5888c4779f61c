"""`store gc` is killed at each of its writes, then run again: nothing that is referred to is lost, all else is gone."""

import multiprocessing
import os
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from autoretrain_assets.commands.housekeeping import tidy
from autoretrain_tests.homes import commit_images, laid_out
from autoretrain_tests.store.leaving import die, grow_old, holds, lose, whole

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["autoretrain_assets.commands.housekeeping"])


def ends(root: Path, at: int) -> bool:
    """Whether the tidying came to its end before its write of that number, at which it is killed."""
    process = FORKS.Process(target=_tidy, args=(root, at))
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode == 0


def _tidy(root: Path, at: int) -> None:
    os.environ["AUTORETRAIN_CRASH_HOME"] = str(root)
    from autoretrain_tests.crash.inject.sitecustomize import name_of

    writes = count(1)

    def dying(event: str, arguments: tuple) -> None:
        if name_of(event, arguments) and next(writes) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(dying)
    tidy(root, datetime.now(UTC), dry_run=False)


@pytest.mark.slow
def test_killed_at_each_write_it_has_taken_nothing_that_is_referred_to(tmp_path: Path):
    home = laid_out(tmp_path / "home")
    named = set(commit_images(home, "v0001", "a", "b").values())
    home.raw_feedback.write(home.annotations.days()[0], home.raw_feedback.read(home.annotations.days()[0]))
    before = whole(home.store)
    for at in count(1):
        unneeded = {home.frames.put(b"%d %d" % (at, number), "jpg") for number in range(2)}
        lose(home.store, lost := b"lost %d" % at)
        die(home.store, dead := b"dead %d" % at)
        for path in (home.root / "frames").glob("??/*"):
            os.utime(path, (0, 0))
        grow_old(home.store)
        is_done = ends(home.root, at)
        assert whole(home.store) == before
        assert set(home.frames.paths(named)) == named
        if is_done:
            break
        assert ends(home.root, 0)
        assert [holds(home.store, each) for each in (lost, dead)] == [False, False]
        assert not any(home.frames.find(sha256) for sha256 in unneeded)
    assert at > 7
