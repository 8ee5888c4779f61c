"""Killed before each kind of write of the loop, then run again: nothing lost, nothing twice, the same end."""

import json
import shutil

import pytest

from autoretrain_assets.home import Home
from autoretrain_assets.replay import camera
from autoretrain_assets.replay.camera import Shoot
from autoretrain_tests.crash.invariants import came_to, violations
from autoretrain_tests.crash.story import Story, label, run, settle
from autoretrain_tests.loop import living

pytestmark = pytest.mark.slow

DAY = (Shoot("day", "train", "day", 3), Shoot("day", "val", "day", 4))
NIGHT = (Shoot("night", "train", "night", 8), Shoot("night", "val", "night", 1))
SETTINGS = ["retrain.min_new_labels=5", "retrain.min_new_labels_on_drift=5", "training.threads=1", "training.imgsz=64"]


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The two passes: one that takes events in, and one that collects answers, retrains and releases."""
    root = tmp_path_factory.mktemp("story")
    days, nights = camera.draw(root / "days", 0, DAY), camera.draw(root / "nights", 1, NIGHT)
    home = living.founded(root / "home", days, SETTINGS)
    truth = living.report(home, nights, "night", days=1)
    _refused(home)
    sent = [path.stem for path in home.inbox.rglob("*.json")]
    labelled = root / "labelled"
    shutil.copytree(home.root, labelled, symlinks=True)
    settle(Home.open(labelled))
    label(Home.open(labelled), truth)
    return Story(home.root, truth, sent), Story(labelled, truth, sent)


def _refused(home):
    """One of the day's events becomes one that is not accepted."""
    path = min(home.inbox.rglob("*.json"))
    path.write_text(json.dumps(json.loads(path.read_text()) | {"trigger": "boredom"}))


@pytest.mark.parametrize("number", [0, 1], ids=["taking in", "retraining"])
def test_killed_before_each_write(before, tmp_path, number):
    """One life is killed at one write after the other; where a pass gets through, the next life begins."""
    story = before[number]
    whole = story.copy(tmp_path / "whole")
    log = tmp_path / "points.txt"
    assert run(whole, log=str(log)) == 0
    settle(whole)
    sent = story.sent
    expected, points = came_to(whole), list(dict.fromkeys(log.read_text().splitlines()))
    assert violations(whole, sent) == []
    assert len(points) > 10

    def holds(home, killed):
        settle(home)
        assert violations(home, sent) == [], f"killed before {killed}"
        assert came_to(home) == expected, f"killed before {killed}"

    home, killed = story.copy(tmp_path / "life-0"), []
    for at, point in enumerate(points):
        if run(home, at=point) == 0:
            holds(home, killed)
            home, killed = story.copy(tmp_path / f"life-{at}"), []
            assert run(home, at=point) == -9, f"{point} was not reached"
        killed.append(point)
    holds(home, killed)
