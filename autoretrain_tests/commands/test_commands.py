"""An owner's commands on a home of their own: repeated after a kill, fed with bad events, moved by hand."""

import io
import json
import shutil
from datetime import UTC, date, datetime

import numpy as np
import pytest
from PIL import Image

from autoretrain_assets import due, founding
from autoretrain_assets.commands import homes, labelling, releases, runs
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.errors import InputError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_assets.production import write_event
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts
from autoretrain_assets.triggers import Verdict

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 2)
OVERRIDES = ["training.imgsz=96", "mining.random_share=1.0"]
CAR = {"label": "car", "x1": 20.0, "y1": 20.0, "x2": 60.0, "y2": 60.0}


@pytest.fixture(scope="module")
def weights(played):
    return played.home.production.resolve() / "weights.pt"


@pytest.fixture(scope="module")
def founded(weights, street, tmp_path_factory):
    """A home as `autoretrain init` makes it; left as it is."""
    root = tmp_path_factory.mktemp("founded") / "home"
    list(homes.make_home(root, weights, street / "data.yaml", OVERRIDES))
    return Home.open(root)


@pytest.fixture
def home(founded, tmp_path):
    """A copy of it, to be changed."""
    shutil.copytree(founded.root, tmp_path / "home", symlinks=True)
    return Home.open(tmp_path / "home")


def event(number, **changes):
    return {
        "event_id": f"e{number}",
        "captured_at": datetime(2026, 3, 2, 12, number, tzinfo=UTC).isoformat(),
        "source": "gate",
        "model_version": "v0001",
        "trigger": "operator",
        "predictions": [CAR | {"confidence": 0.6}],
        "verdicts": [CAR | {"kind": "false_positive"}],
    } | changes


def pattern(number):
    """A picture that no data set has and that resembles no other."""
    random = np.random.default_rng(number)
    buffer = io.BytesIO()
    Image.fromarray(random.integers(0, 255, (8, 8, 3), dtype=np.uint8)).resize((160, 160)).save(buffer, "PNG")
    return buffer.getvalue()


def test_an_init_that_broke_off_is_made_whole_by_the_same_command(home, founded, weights, street):
    (home.root / "autoretrain.yaml").unlink()

    list(homes.make_home(home.root, weights, street / "data.yaml", OVERRIDES))

    assert home.store.tags() == founded.store.tags()
    assert [one.version for one in registry.history(home.store)] == ["v0001"]
    assert list(runs.run_due(home.root)) == ["no retraining: 0 new labelled images: 100 are needed"]


def test_a_model_of_other_classes_leaves_nothing_behind(weights, street, tmp_path):
    shutil.copytree(street / "images", tmp_path / "images")
    (tmp_path / "data.yaml").write_text("train: images/train\nval: images/val\nnames: [car, person, bus]\n")

    with pytest.raises(InputError, match=r"knows the classes \['car', 'bus', 'person'\], the data has"):
        list(homes.make_home(tmp_path / "home", weights, tmp_path / "data.yaml", []))
    assert not (tmp_path / "home").exists()


def test_of_what_is_sent_nothing_is_lost_and_a_bad_file_stops_nobody(home):
    images = [pattern(number) for number in range(6)]
    for number, image in enumerate(images):
        write_event(home.inbox, event(number), image, ".png")
    (home.inbox / "again").mkdir()
    again = write_event(home.inbox / "again", event(0), images[0], ".png")
    write_event(home.inbox, event(8, trigger="none of them"), images[0], ".png")
    (again.parent / "torn.json").write_text('{"event_id": ')

    said = list(runs.run_due(home.root))

    assert "2026-03-02: 6 new events, 1 sent twice, 6 images to label in 1 task" in said
    assert sorted(home.raw_feedback.query()["event_id"]) == [f"e{number}" for number in range(6)]
    reasons = [json.loads(path.read_text())["reason"] for path in home.quarantine.rglob("reason.json")]
    assert sorted(reason.partition(":")[0] for reason in reasons) == ["event", "trigger"]
    assert not [path for path in home.inbox.rglob("*") if path.is_file()]
    assert list(runs.run_due(home.root)) == ["no retraining: 0 new labelled images: 100 are needed"]

    (key,) = home.cvat_tasks.read(DAY)["key"]
    assert next(labelling.lines(labelling.tasks(home.root))).startswith(f"{key}  6 images  open")
    labelling.finish_task(home.root, key, "me", datetime.now(UTC))
    assert list(runs.run_due(home.root)) == [
        "2026-03-02: 6 images labelled, of 1 task",
        "no retraining: 6 new labelled images: 100 are needed",
    ]
    assert set(home.annotations.read(DAY)["annotator"]) == {"me"}


def test_an_owner_moves_production_and_the_history_says_why(home, weights, tmp_path):
    with pytest.raises(InputError, match="no release before the current one"):
        releases.roll_back(home.root, None, "worse", "me")
    better = tmp_path / "better.pt"
    better.write_bytes(weights.read_bytes() + b"\0")
    record = json.dumps({"weights_sha256": sha256_of(better)}).encode()
    artifacts.put(home.store, "v0002", {"weights.pt": better, "record.json": record}, "by hand")

    assert releases.release(home.root, "v0002", "it sees snow", "me") == "v0002 is in production, by me: it sees snow"
    assert sha256_of(home.production / "weights.pt") == sha256_of(better)
    assert "v0001 is in production" in releases.roll_back(home.root, None, "it does not", "you")
    assert sha256_of(home.production / "weights.pt") == sha256_of(weights)
    log = [(one.version, one.because, one.by) for one in registry.history(home.store)]
    assert log[:2] == [("v0001", "it does not", "you"), ("v0002", "it sees snow", "me")]
    assert len(log) == 3


def test_weights_to_start_from_that_are_not_there_are_named(street, tmp_path):
    settings = "training: {weights: gone.pt}\ndataset: {classes: [car, bus, person]}\n"
    home = founding.lay_out(tmp_path / "home", parse_settings(settings))
    founding.first_version(home, owners_data(street / "data.yaml")[1])

    with opened(home) as loop, pytest.raises(InputError, match=r"training\.weights: .*gone\.pt does not exist"):
        loop.retrain("v0001", Verdict(None, "the first model"))
    with opened(home) as loop:
        assert due.retraining(loop.home).version == "v0001"
        assert due.retraining(loop.home).verdict.trigger == "unfinished"
