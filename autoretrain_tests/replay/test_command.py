"""What would lose a replay's result is refused in one sentence, before anything is made for it."""

import tempfile

import pytest
from PIL import Image

from autoretrain_assets.errors import InputError
from autoretrain_assets.replay import command
from autoretrain_assets.replay.command import ReplayOptions, play
from autoretrain_tests.conftest import TINY
from autoretrain_tests.loop.living import untrained

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(tmp_path):
    """Two domains with an image to learn and one outside each."""
    lines = ["image,domain,split,group"]
    (tmp_path / "data" / "images").mkdir(parents=True)
    for number, (domain, split) in enumerate((d, s) for d in ("day", "night") for s in ("train", "val")):
        Image.new("RGB", (64, 64), (60 * number, 0, 0)).save(tmp_path / "data" / "images" / f"{number}.png")
        lines.append(f"images/{number}.png,{domain},{split},g{number}")
    (tmp_path / "data" / "domains.csv").write_text("\n".join(lines))
    (tmp_path / "data" / "data.yaml").write_text("train: images\nnames: [car]\n")
    return tmp_path / "data"


@pytest.fixture
def refused(tmp_path, dataset):
    """Play what must be refused: its one sentence, and no home left behind."""

    def call(**changes):
        options = {
            "dataset": dataset,
            "start": "day",
            "then": ["night"],
            "home": tmp_path / "home",
            "weights": TINY,
            "model": None,
            "days": 1,
            "seed": 0,
            "operator_error": 0.2,
            "annotator_error": 0.05,
            "json_file": None,
            "overrides": [],
        }
        with pytest.raises(InputError) as caught:
            list(play(ReplayOptions(**options | changes)))
        assert not (tmp_path / "home").exists()
        return str(caught.value)

    return call


def test_a_domain_without_an_image_outside(refused, dataset):
    lines = (dataset / "domains.csv").read_text().splitlines()
    (dataset / "domains.csv").write_text("\n".join(line for line in lines if "night,val" not in line))

    assert "domains.csv: the domain 'night' has no val image" in refused()


@pytest.mark.parametrize("place", ["", "data/data.yaml/result.json", "home", "/proc/result.json"])
def test_a_result_that_could_not_be_written(refused, tmp_path, place):
    said = refused(json_file=tmp_path / place)

    assert f"--json {tmp_path / place}" in said
    assert "name a file" in said


def test_asking_whether_a_result_can_be_written_leaves_nothing(refused, tmp_path):
    refused(json_file=tmp_path / "new" / "result.json", start="fog")

    assert {path.name for path in tmp_path.iterdir()} == {"data"}


@pytest.mark.parametrize(("name", "content"), [("w.pt", b"no weights"), ("w.yaml", b"a: 1"), ("w.txt", b"")])
def test_weights_that_are_none(refused, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    assert f"{tmp_path / name} is no" in refused(weights=tmp_path / name)


def test_images_outside_that_look_like_trained_ones_are_said_not_refused(refused, dataset, capsys):
    assert "cannot be made a folder" in refused(home=dataset / "data.yaml")

    assert "2 of 2 val images look like a train image" in capsys.readouterr().err


def test_a_temporary_folder_goes_where_nothing_was_made_in_it(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "data"))

    refused(home=None, start="fog")

    assert not list((tmp_path / "data").glob("autoretrain-replay-*"))


class Planned(Exception):
    """Carries the plan out before it is played."""


@pytest.mark.parametrize(("overrides", "size"), [([], 128), (["training.imgsz=96"], 96)])
def test_a_model_that_is_taken_as_it_is_sees_at_the_size_it_learnt_at(
    tmp_path, dataset, refused, monkeypatch, overrides, size
):
    def plan(plan, say):
        raise Planned(plan)

    monkeypatch.setattr(command, "replay", plan)
    model = untrained(tmp_path / "best.pt", imgsz=128)
    with pytest.raises(Planned) as planned:
        refused(weights=None, model=model, overrides=overrides)

    assert planned.value.args[0].settings.training.imgsz == size
