"""The example serves what a home released, follows it, and reports what the home takes in."""

import os
import runpy
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import cv2
import pytest

from autoretrain_assets.files import sha256_of
from autoretrain_assets.release.registry import Release
from autoretrain_assets.release.serving import publish
from autoretrain_assets.replay.scene import CLASSES
from autoretrain_assets.yolo.runtime import start
from autoretrain_tests.conftest import TINY
from autoretrain_tests.production.sending import IMAGE, written

ROOT = Path(__file__).parents[2]
SERVE = ROOT / "examples" / "serve.py"


def serve(*arguments):
    command = [sys.executable, str(SERVE), *map(str, arguments)]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.PIPE)


@pytest.fixture
def home(tmp_path):
    """A home's production/ and inbox/, and three images beside it."""
    (tmp_path / "images").mkdir()
    for number in range(3):
        cv2.imwrite(str(tmp_path / "images" / f"{number}.png"), IMAGE + number)
    (tmp_path / "home" / "inbox").mkdir(parents=True)
    release(tmp_path / "home", "v0001")
    return tmp_path / "home"


def release(home, version):
    """Release a model that never learned anything."""
    weights = home / f"{version}.pt"
    model = start(threads=1).YOLO(str(TINY), task="detect")
    model.model.names = dict(enumerate(CLASSES))
    model.save(weights)
    released = Release(version, sha256_of(weights), "a test", "test", datetime.now(UTC), "0" * 40)
    publish(released, weights, {"classes": list(CLASSES), "imgsz": 64}, home / "production")


def test_it_is_short_and_says_what_it_wants_before_it_loads_anything():
    serve("--help")
    assert len(SERVE.read_text().splitlines()) < 60


@pytest.mark.slow
def test_it_reports_every_image_that_it_looked_at(home, tmp_path):
    serve(home, tmp_path / "images", "--random-rate", 1)
    assert [(event["model_version"], event["trigger"]) for event in written(home / "inbox")] == [
        ("v0001", "random")
    ] * 3


@pytest.mark.slow
def test_it_takes_up_a_release_that_comes_while_it_serves_and_says_which_model_saw_what(home):
    example = runpy.run_path(str(SERVE))

    def frames(_):
        yield IMAGE
        release(home, "v0002")
        yield IMAGE
        (home / "production" / "model.json").write_text("broken")
        yield IMAGE

    example["main"].__globals__["images"] = frames
    example["main"](example["parser"].parse_args([str(home), "camera", "--random-rate", "1"]))
    events = sorted(written(home / "inbox"), key=lambda event: event["captured_at"])
    assert [event["model_version"] for event in events] == ["v0001", "v0002", "v0002"]
