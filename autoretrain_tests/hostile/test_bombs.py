"""What would take hours or all memory: bounded, each in a process of its own."""

import json
import subprocess
import sys

import pytest

from autoretrain_tests.hostile.corpus import heavy

SECONDS, MEGABYTES = 60, 700
"""An image of as many pixels as are allowed takes ten bytes for each of them."""


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    command = [sys.executable, "-m", "autoretrain_tests.hostile.alone", str(tmp_path_factory.mktemp("bombs"))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["name"]: line for line in lines}


@pytest.mark.slow
@pytest.mark.parametrize("case", heavy(), ids=lambda case: case.name)
def test_a_bomb_costs_little_and_harms_nothing_beside_it(judged, case):
    found = judged[case.name]
    assert found["accepted"] == sorted(["good", *([case.name] if case.reason is None else [])])
    assert len(found["reasons"]) == (case.reason is not None)
    assert (case.reason or "") in "".join(found["reasons"])
    assert found["mb"] < MEGABYTES
    assert found["seconds"] < SECONDS
