"""Production is moved by two at once: serving ends at the model that the release history names."""

import json
import subprocess
import sys

import pytest

from autoretrain_assets.release import registry
from autoretrain_tests.homes import decide, laid_out

pytestmark = pytest.mark.slow

PAUSED = """
import sys
from pathlib import Path
from autoretrain_assets import checkpoints
from autoretrain_assets.commands import releases
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry, serving
root, version, room, name = sys.argv[1:]
place = {"checkpoints": checkpoints, "serving": serving}.get(room)
if place:
    goes_on = getattr(place, name)
    def paused(*given):
        print("paused", flush=True)
        sys.stdin.readline()
        return goes_on(*given)
    setattr(place, name, paused)
    home = Home.open(Path(root))
    registry.promote(home.store, version, checkpoints.sha256_of(home, version), "because", "gate")
    checkpoints.publish(home)
else:
    releases.release(Path(root), version, "because", "owner")
"""
"""A release in a process of its own: by hand, or as a run does it, which waits for a line at one function."""


@pytest.fixture
def home(tmp_path):
    """A home with two checkpoints."""
    home = laid_out(tmp_path / "home")
    for version in ("v0001", "v0002"):
        decide(home, version, "hold", None)
    return home


@pytest.fixture
def begin():
    started = []

    def release(home, version, room="", name=""):
        command = [sys.executable, "-c", PAUSED, str(home.root), version, room, name]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert not name or process.stdout.readline() == "paused\n"
        return process

    yield release
    for process in started:
        process.kill()
        process.communicate()


def served(home):
    return json.loads((home.production / "model.json").read_text())["version"]


@pytest.mark.parametrize(("room", "name"), [("checkpoints", "publish"), ("serving", "_point")])
def test_of_two_releases_that_cross_serving_shows_the_later(home, begin, room, name):
    overtaken = begin(home, "v0001", room, name)
    later = begin(home, "v0002")
    is_done = room == "checkpoints"
    if is_done:
        assert later.wait(60) == 0
    else:  # it waits for the one that is at the folder
        with pytest.raises(subprocess.TimeoutExpired):
            later.wait(15)
    overtaken.communicate("go on\n", timeout=60)
    later.communicate(timeout=60)

    assert [one.version for one in registry.history(home.store)] == ["v0002", "v0001"]
    assert served(home) == "v0002"
