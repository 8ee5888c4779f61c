"""Twenty kills of whatever runs, with the daemon alone driving the loop: every invariant holds in the end."""

import pytest

from autoretrain_tests.crash.random_kills import made, torment

pytestmark = pytest.mark.slow


def test_twenty_random_kills_break_nothing(tmp_path):
    home, truth = made(tmp_path)
    tally = torment(home, truth, kills=20, seed=0)
    print(tally)  # noqa: T201 - shown by pytest where it fails, and with -s
    assert tally.violations == []
    assert tally.killed.total() == 20
