"""`init` and a pass of `run`: a home of one's own from a checkpoint and its data."""

import json
from datetime import UTC, datetime

import pytest
from PIL import Image

from autoretrain_assets.commands.homes import make_home
from autoretrain_assets.commands.labelling import finish_task, tasks
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.errors import InputError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.production import write_event
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts

pytestmark = pytest.mark.slow

QUICK = [
    "training.imgsz=96",
    "training.epochs=1",
    "training.min_steps=0",
    "retrain.min_new_labels=1",
    "dataset.test_share=0",
]


@pytest.fixture(scope="module")
def weights(played, tmp_path_factory):
    """A checkpoint as an owner has one."""
    return artifacts.fetch(played.home.store, "v0001", "weights.pt", tmp_path_factory.mktemp("weights"))


@pytest.fixture
def home(tmp_path, street, weights):
    lines = list(make_home(tmp_path / "home", weights, street / "data.yaml", QUICK))
    assert "in production" in lines[-1]
    return Home.open(tmp_path / "home")


def test_a_home_has_a_version_a_production_model_and_a_commented_yaml(home, weights):
    manifest = versions.read_manifest(home.store, "v0001")
    model = json.loads((home.production / "model.json").read_text())

    assert model["weights_sha256"] == sha256_of(weights) == sha256_of(home.production / "weights.pt")
    assert set(manifest["split"]) == {"train", "test"}
    assert registry.current(home.store).version == "v0001"
    assert "# " in (home.root / "autoretrain.yaml").read_text()
    assert (home.reports / "v0001.html").is_file()


def test_an_event_becomes_a_task_a_label_and_a_version_by_run_alone(home, street, tmp_path):
    image = tmp_path / "mirrored.png"  # what the dataset has already is not labelled again
    with Image.open(next((street / "images" / "train").glob("night*.jpg"))) as known:
        known.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(image)
    now = datetime.now(UTC)
    event = {
        "event_id": "e1",
        "captured_at": now.isoformat(),
        "source": "gate",
        "model_version": "v0001",
        "trigger": "operator",
        "predictions": [],
        "verdicts": [{"kind": "missed", "label": "car", "x1": 10, "y1": 10, "x2": 60, "y2": 60}],
    }
    write_event(home.inbox, event, image, ".png")

    first = list(run_due(home.root))
    (task,) = tasks(home.root)
    finish_task(home.root, task.key, "me", now)
    second = list(run_due(home.root))

    assert "1 new event, 1 image to label in 1 task" in first[0]
    assert "1 image labelled" in second[0]
    assert "retraining v0002" in second[1]
    assert versions.versions(home.store) == ["v0001", "v0002"]
    assert artifacts.read_json(home.store, "v0002", "decision.json")["champion"] == "v0001"


def test_a_second_home_in_the_same_place_is_refused(home, street, weights):
    with pytest.raises(InputError, match="is a home already"):
        list(make_home(home.root, weights, street / "data.yaml", QUICK))


def test_a_model_of_other_classes_is_refused(tmp_path, weights):
    (tmp_path / "images").mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "images" / "a.png")
    (tmp_path / "data.yaml").write_text("train: images\nnames: [cat, dog, cow]\n")

    with pytest.raises(InputError, match="name them alike"):
        list(make_home(tmp_path / "home", weights, tmp_path / "data.yaml", QUICK))
