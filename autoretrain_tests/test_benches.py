"""The benches run: on the least of everything, and whatever figures they print."""

import subprocess
import sys

import pytest

from autoretrain_tests.bench.__main__ import BENCHES

MINUTES_EACH = {"waiting", "year", "recipe", "loop"}
"""They start daemons, or train more than once."""


@pytest.mark.slow
def test_the_benches_run():
    quick = [name for name in BENCHES if name not in MINUTES_EACH]
    only = [word for name in quick for word in ("--only", name)]
    command = [sys.executable, "-m", "autoretrain_tests.bench", "--quick", *only]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("this bench took") == len(quick)
