"""Founding a home, step by step: what is refused, and what may be repeated after it broke off."""

import pytest
from PIL import Image

from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.errors import InputError
from autoretrain_assets.founding import first_version, lay_out, to_be_made

SETTINGS = parse_settings("dataset: {classes: [car]}")


@pytest.fixture
def data(tmp_path):
    """Four images of an owner, two of them held out; one of those is a copy of a train image."""
    colours = {"train/a": 0, "train/b": 90, "val/c": 180, "val/copy": 0}
    for name, colour in colours.items():
        path = tmp_path / "images" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 64), (colour, 0, 0)).save(path)
    (tmp_path / "data.yaml").write_text("train: images/train\nval: images/val\nnames: [car]\n")
    return tmp_path / "data.yaml"


def test_what_the_owner_held_out_is_the_sealed_test(data, tmp_path):
    home = to_be_made(tmp_path / "home", SETTINGS)
    first_version(home, owners_data(data)[1])

    manifest = versions.read_manifest(home.store, "v0001")
    assert sorted(manifest["split"]) == ["test", "train", "train"]
    assert manifest.filter(manifest["split"] == "test")["group"].to_list() == ["import/val/c.png"]
    assert manifest["group"].n_unique() == 3


def test_images_of_one_name_in_two_splits_are_two_scenes(data, tmp_path):
    for name, colour in (("train", 30), ("val", 60)):
        Image.new("RGB", (64, 64), (0, colour, 0)).save(tmp_path / "images" / name / "1.png")
    home = to_be_made(tmp_path / "home", SETTINGS)
    first_version(home, owners_data(data)[1])

    manifest = versions.read_manifest(home.store, "v0001")
    assert manifest["group"].n_unique() == manifest.height == 5


def test_a_first_version_is_made_once_and_of_the_same_images(data, tmp_path):
    home = to_be_made(tmp_path / "home", SETTINGS)
    images = owners_data(data)[1]
    first = first_version(home, images)

    assert first_version(home, images) == first
    with pytest.raises(InputError, match="holds a v0001 of other data"):
        first_version(home, images.tail(3))


def test_data_without_a_test_image_is_refused_before_anything_is_committed(data, tmp_path):
    data.write_text("train: images/train\nnames: [car]\n")
    home = to_be_made(tmp_path / "home", parse_settings("dataset: {classes: [car], test_share: 0.0001}"))

    with pytest.raises(InputError, match=r"none of the 2 images is a test image.*val"):
        first_version(home, owners_data(data)[1])
    assert versions.versions(home.store) == []


def test_a_home_is_laid_out_once(tmp_path):
    lay_out(tmp_path / "home", SETTINGS)

    for again in (lay_out, to_be_made):
        with pytest.raises(InputError, match="is a home already"):
            again(tmp_path / "home", SETTINGS)


def test_a_home_needs_a_folder(tmp_path):
    (tmp_path / "file").write_text("")

    for place in ("file", "file/home"):
        with pytest.raises(InputError, match="cannot be made a folder"):
            lay_out(tmp_path / place, SETTINGS)
