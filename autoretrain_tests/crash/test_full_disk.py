"""The disk is full at any flush of a day's run: a red run with a clear word, and after that the same end."""

import errno
import os

import pytest

from autoretrain_assets.errors import StoreError
from autoretrain_assets.loop import opened
from autoretrain_tests.crash.invariants import came_to, violations
from autoretrain_tests.homes import DAY, laid_out, send

pytestmark = pytest.mark.slow


def filled(root):
    home = laid_out(root)
    for name in ("one", "two"):
        send(home, name)
    return home


def test_a_full_disk_stops_the_run_and_harms_nothing(tmp_path, monkeypatch):
    flush, room = os.fsync, [10**9]

    def fsync(handle):
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    whole = filled(tmp_path / "whole")
    room[0] = 10**9
    with opened(whole) as loop:
        loop.feedback(DAY)
    flushes, expected = 10**9 - room[0], came_to(whole)
    assert flushes > 8

    for at in range(flushes):
        home = filled(tmp_path / f"full-{at}")
        room[0] = at
        with opened(home) as loop, pytest.raises((OSError, StoreError), match="No space left"):
            loop.feedback(DAY)
        room[0] = 10**9
        with opened(home) as loop:
            loop.feedback(DAY)
        assert came_to(home) == expected, f"full at flush {at} of {flushes}"
        assert violations(home, ["one", "two"]) == []
