"""What several rooms test on: one replay of a tiny drawn street, played once, and one lakeFS server."""

import os
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from autoretrain_assets.config import parse_settings
from autoretrain_assets.home import Home
from autoretrain_assets.replay import camera
from autoretrain_assets.replay.camera import Shoot
from autoretrain_tests.disk import Disk
from autoretrain_tests.lakefs.fixtures import lakefs_server, lakefs_store, proxy
from autoretrain_tests.moments import databases_of_moments

__all__ = ["databases_of_moments", "lakefs_server", "lakefs_store", "proxy"]
"""Imported here alone: each module that imports a fixture has one of its own, and a server too."""

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

LONGEST = "test_demo.py"


def pytest_collection_modifyitems(items):
    """The longest begins first: at the end one worker would be at it while the other has nothing to do."""
    items.sort(key=lambda item: item.path.name != LONGEST)


TINY = Path(camera.__file__).parent / "tiny.yaml"

SHOOTS = (
    Shoot("day", "train", "day", 12),
    Shoot("day", "val", "day", 2),
    Shoot("night", "train", "night", 8),
    Shoot("night", "val", "night", 2),
    Shoot("rain", "train", "rain", 8),
    Shoot("rain", "val", "rain", 2),
)

SETTINGS = f"""
dataset: {{test_share: 0.4}}
training: {{weights: {TINY}, epochs: 1, min_steps: 0, imgsz: 96}}
retrain: {{min_new_labels: 5, min_new_labels_on_drift: 5}}
release:
  rules:
    - {{name: it runs, metric: latency_ms, compare: absolute, at_most: 1000000}}
    - {{name: enough rain, metric: map50, slice: domain:rain, compare: absolute, at_least: 0, min_images: 1000, optional: true}}
"""
"""The night is promoted whatever it is worth; of rain there is never enough evidence."""


@pytest.fixture
def disk(monkeypatch):
    """Every flush of the test is counted, and may be refused."""
    disk = Disk()
    monkeypatch.setattr(os, "fsync", disk.fsync)
    return disk


@dataclass(frozen=True)
class Played:
    """A replay that was played: its home and what it found."""

    home: Home
    outcome: object


@pytest.fixture(scope="session")
def street(tmp_path_factory):
    """The drawn data set."""
    return camera.draw(tmp_path_factory.mktemp("street"), seed=0, shoots=SHOOTS)


@pytest.fixture(scope="session")
def played(tmp_path_factory, street):
    """Daylight first, then a night that is promoted and a rain that is held. Tests leave it as it is."""
    from autoretrain_assets.replay.run import Phase, Plan, replay

    root = tmp_path_factory.mktemp("played") / "home"
    plan = Plan(street, "day", [Phase("night"), Phase("rain")], root, parse_settings(SETTINGS), days=1)
    outcome = replay(plan, lambda _: None)
    return Played(Home.open(root), outcome)
