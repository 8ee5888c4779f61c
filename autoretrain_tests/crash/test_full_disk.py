"""The disk is full at any flush of a day's run: a red run with a clear word, and after that the same end."""

import pytest

from autoretrain_assets.errors import StoreError
from autoretrain_assets.loop import opened
from autoretrain_tests.crash.invariants import came_to, violations
from autoretrain_tests.disk import PLENTY
from autoretrain_tests.homes import DAY, laid_out, send

pytestmark = pytest.mark.slow


def filled(root):
    home = laid_out(root)
    for name in ("one", "two"):
        send(home, name)
    return home


def test_a_full_disk_stops_the_run_and_harms_nothing(tmp_path, disk):
    whole = filled(tmp_path / "whole")
    disk.left = PLENTY
    with opened(whole) as loop:
        loop.feedback(DAY)
    flushes, expected = disk.flushes, came_to(whole)
    assert flushes > 8

    for at in range(flushes):
        home = filled(tmp_path / f"full-{at}")
        disk.left = at
        with opened(home) as loop, pytest.raises((OSError, StoreError), match="No space left"):
            loop.feedback(DAY)
        disk.left = PLENTY
        with opened(home) as loop:
            loop.feedback(DAY)
        assert came_to(home) == expected, f"full at flush {at} of {flushes}"
        assert violations(home, ["one", "two"]) == []
