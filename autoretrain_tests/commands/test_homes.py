"""A home without data: its model serves at once, and is first measured on what people label first."""

import json
from datetime import date, timedelta

import pytest

from autoretrain_assets.commands import explanation, homes, runs
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts
from autoretrain_tests.homes import answer, send, tasks
from autoretrain_tests.loop.living import untrained

pytestmark = pytest.mark.slow

FIRST_DAY = date(2025, 3, 2)
SETTINGS = ["training.imgsz=96", "mining.random_share=0.5", "dataset.test_share=0.5", "retrain.min_new_labels=6"]


@pytest.fixture
def weights(tmp_path):
    return untrained(tmp_path / "best.pt")


def test_the_first_version_is_what_people_label_first(tmp_path, weights):
    said = list(homes.make_home(tmp_path / "home", weights, None, SETTINGS))
    assert said[-1] == "v0001: in production; measured on the first 6 images that people label"
    home = Home.open(tmp_path / "home")
    assert list(home.classes) == ["car", "bus", "person"]
    assert [one.version for one in registry.history(home.store)] == ["v0001"]
    [line] = explanation.lines(explanation.explain(home.root, "v0001"))
    assert "waits for the first dataset to be measured on" in line

    days = [FIRST_DAY + timedelta(days=number) for number in range(8)]
    for day in days:
        send(home, f"e{day}", day=day)
    list(runs.run_due(home.root))
    for day in days:
        for key, _, images in tasks(home, day):
            answer(home, key, images)
    said = list(runs.run_due(home.root))

    assert len([line for line in said if line.startswith("v0001: ")]) == 1
    assert dataset_version.read(home.store, "v0001").parent is None
    assert artifacts.read_json(home.store, "v0001", "record.json")["adopted"]
    assert artifacts.read_json(home.store, "v0001", "evaluation.json")["champion"] is None
    assert [one.version for one in registry.history(home.store)] == ["v0001"]
    assert list(runs.run_due(home.root)) == ["no retraining: 0 new labelled images: 6 are needed"]


def test_images_without_a_file_that_needs_them(tmp_path, weights):
    (tmp_path / "data.yaml").write_text("train: .\nnames: [car]\n")
    with pytest.raises(InputError, match="--images is for COCO"):
        list(homes.make_home(tmp_path / "home", weights, tmp_path / "data.yaml", [], tmp_path))


def test_the_image_size_is_the_checkpoints_own_unless_the_owner_says_another(tmp_path):
    weights = untrained(tmp_path / "best.pt", imgsz=128)

    said = list(homes.make_home(tmp_path / "taken", weights, None, ["training.epochs=3"]))
    assert "training.imgsz: 128, as the checkpoint was trained" in said
    home = Home.open(tmp_path / "taken")
    assert (home.settings.training.imgsz, home.settings.training.epochs) == (128, 3)
    assert json.loads((home.production / "model.json").read_text())["imgsz"] == 128

    said = list(homes.make_home(tmp_path / "set", weights, None, ["training.imgsz=96"]))
    assert Home.open(tmp_path / "set").settings.training.imgsz == 96
    assert [line for line in said if line.startswith("warning: training.imgsz is 96, and the checkpoint was trained")]


def test_with_data_the_first_model_is_measured_and_told_which_rules_it_would_fail(tmp_path, weights, street):
    *_, failed, last = homes.make_home(tmp_path / "home", weights, street / "data.yaml", SETTINGS)
    assert failed.startswith("v0001: would fail 'good enough at all': map50 in all is 0.0")
    assert last.startswith("v0001: in production, mAP50 0.0")
    assert last.endswith(f"test images: {tmp_path / 'home' / 'reports' / 'v0001.html'}")
