"""A home that ran the loop goes over to a lakeFS server and lives on there, then comes back: nothing is lost on the way."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoretrain_assets.commands import checks
from autoretrain_assets.commands.explanation import explain
from autoretrain_assets.commands.releases import roll_back
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.commands.status import status
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry, serving
from autoretrain_assets.replay import camera
from autoretrain_assets.replay.camera import Shoot
from autoretrain_tests.crash.story import label
from autoretrain_tests.loop import living
from autoretrain_tests.store.histories import told

pytestmark = pytest.mark.slow

DAY = (Shoot("day", "train", "day", 3), Shoot("day", "val", "day", 4))
NIGHT = (Shoot("night", "train", "night", 8), Shoot("night", "val", "night", 1))
SETTINGS = ["retrain.min_new_labels=5", "retrain.min_new_labels_on_drift=5", "training.threads=1", "training.imgsz=64"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Founded on daylight, with a labelled night that waits for its retraining; its versions are in git."""
    days, nights = camera.draw(tmp_path / "days", 0, DAY), camera.draw(tmp_path / "nights", 1, NIGHT)
    home = living.founded(tmp_path / "home", days, SETTINGS)
    truth = living.report(home, nights, "night", days=1)
    list(run_due(home.root))
    label(home, truth)
    return home


def store_copy(home: Home, *arguments: str) -> str:
    command = [sys.executable, "-m", "autoretrain_assets.cli", "store", "copy", "--home", str(home.root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ.copy())
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def findings(home: Home) -> dict[str, bool]:
    asked = {"settings", "store", "weights", "tables"}
    return {each.name: each.ok for each in checks.check(home.root, datetime.now(UTC)) if each.name in asked}


def test_it_learns_a_night_on_the_server_is_rolled_back_there_and_comes_home(home: Home, lakefs_store):
    wanted = lakefs_store.settings
    there = {"url": wanted.url, "repository": wanted.repository, "storage_namespace": wanted.storage_namespace}
    given = [word for name, value in there.items() for word in ("--set", f"store.lakefs.{name}={value}")]
    assert "1 dataset version, 1 release" in store_copy(home, "--to", "lakefs", *given)
    assert told(lakefs_store) == told(home.store)
    assert all(findings(home).values())

    list(run_due(home.root))
    moved = Home.open(home.root)
    assert dataset_version.versions(lakefs_store) == ["v0001", "v0002"]
    assert dataset_version.versions(home.store) == ["v0001"], "the store that was left is as it was"
    roll_back(home.root, None, "it misses buses", "you")
    assert [one.version for one in registry.history(moved.store)] == ["v0001", "v0002", "v0001"]
    assert serving.intact(registry.current(moved.store), home.production)
    assert [move.version for move in explain(home.root, "v0002").moves] == ["v0002", "v0001"]

    assert "2 dataset versions, 3 releases" in store_copy(home, "--to", "git")
    back = Home.open(home.root)
    assert back.settings.store.backend == "git"
    assert told(back.store) == told(lakefs_store)
    assert serving.intact(registry.current(back.store), home.production)
    assert all(findings(home).values())
    assert any("v0001" in line for line in status(home.root, datetime.now(UTC)))
    assert not any("retraining v" in line for line in run_due(home.root))
