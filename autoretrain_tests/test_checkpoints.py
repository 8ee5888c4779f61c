"""What serving is told of a model: as it was trained, whatever the settings say by now."""

import json

import pytest

from autoretrain_assets import checkpoints
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_tests.homes import SHA256, WEIGHTS, laid_out

CLASSES = ["car", "bus", "person"]


@pytest.fixture
def home(tmp_path):
    return laid_out(tmp_path / "home", "training.imgsz=320")


def stored(home, tmp_path, **made_by):
    """A checkpoint as it was made under the settings of then."""
    weights = tmp_path / "weights.pt"
    weights.write_bytes(WEIGHTS)
    checkpoints.put(home, "v0001", weights, {"weights_sha256": SHA256} | made_by, "made")
    registry.promote(home.store, "v0001", SHA256, "x", "gate")


def changed(home):
    """The home with an imgsz and classes of today."""
    file = home.root / "autoretrain.yaml"
    text = file.read_text().replace("imgsz: 320", "imgsz: 960").replace('"person"', '"person", "truck"')
    assert text != file.read_text()
    file.write_text(text)
    return Home.open(home.root)


def served(home):
    checkpoints.publish(home)
    model = json.loads((home.production / "model.json").read_text())
    return model["classes"], model["imgsz"]


def test_a_model_is_served_with_the_classes_and_the_size_that_it_was_trained_with(home, tmp_path):
    stored(home, tmp_path)
    today = changed(home)
    assert list(today.classes) == [*CLASSES, "truck"]
    assert served(today) == (CLASSES, 320)


def test_of_an_older_record_the_recipe_tells_the_size(home, monkeypatch, tmp_path):
    monkeypatch.setattr(checkpoints, "_by_settings", lambda _: {})
    stored(home, tmp_path, recipe={"imgsz": 480, "seed": 0})
    monkeypatch.undo()
    assert served(home) == (CLASSES, 480)


def test_nothing_is_published_before_the_first_release(home):
    with pytest.raises(InputError, match="no model is in production"):
        checkpoints.publish(home)
    assert not home.production.exists()
