"""Founding a home, step by step: what is refused, and what may be repeated after it broke off."""

import numpy as np
import polars as pl
import pytest
from PIL import Image

from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.dataset.splits import TEST
from autoretrain_assets.errors import InputError
from autoretrain_assets.founding import first_version, lay_out, to_be_made
from autoretrain_tests.dataset.apart import assert_apart

SETTINGS = parse_settings("dataset: {classes: [car]}")


def draw(path, number):
    """A picture that resembles no picture of another number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((64, 64)).save(path)


@pytest.fixture
def data(tmp_path):
    """Four images of an owner, two of them held out; one of those is a copy of a train image."""
    for name, number in {"train/a": 0, "train/b": 1, "val/c": 2, "val/copy": 0}.items():
        draw(tmp_path / "images" / f"{name}.png", number)
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
    for name, number in (("train", 3), ("val", 4)):
        draw(tmp_path / "images" / name / "1.png", number)
    home = to_be_made(tmp_path / "home", SETTINGS)
    first_version(home, owners_data(data)[1])

    manifest = versions.read_manifest(home.store, "v0001")
    assert manifest["group"].n_unique() == manifest.height == 5


def test_held_out_images_that_look_like_train_images_are_left_out_and_counted(data, tmp_path):
    for number in (0, 1):
        draw(tmp_path / "images" / "val" / f"saved again {number}.jpg", number)
    home = to_be_made(tmp_path / "home", SETTINGS)

    founded = first_version(home, owners_data(data)[1])

    manifest = versions.read_manifest(home.store, "v0001")
    assert manifest.filter(split="test")["group"].to_list() == ["import/val/c.png"]
    assert manifest.filter(split="train")["group"].sort().to_list() == ["import/train/a.png", "import/train/b.png"]
    assert founded.seen == 3
    assert_apart(manifest, SETTINGS.scenes)


def test_an_image_that_is_held_out_and_trained_on_is_a_train_image_whatever_its_folder_is_called(data, tmp_path):
    (tmp_path / "images" / "val").rename(tmp_path / "images" / "held out")
    data.write_text("train: images/train\nval: images/held out\nnames: [car]\n")
    home = to_be_made(tmp_path / "home", SETTINGS)

    founded = first_version(home, owners_data(data)[1])

    manifest = versions.read_manifest(home.store, "v0001")
    assert manifest.filter(split="train").height == 2
    assert founded.seen == 1


def test_data_whose_test_images_all_look_like_train_images_is_refused_and_told_so(data, tmp_path):
    (tmp_path / "images" / "val" / "c.png").unlink()
    home = to_be_made(tmp_path / "home", SETTINGS)

    with pytest.raises(InputError, match=r"none of the 2 images.*1 that were held out look like train images"):
        first_version(home, owners_data(data)[1])
    assert versions.versions(home.store) == []


def test_a_split_that_is_given_and_one_that_is_not_share_no_look(data, tmp_path):
    images = owners_data(data)[1].with_columns(split=pl.when(pl.col("split") == TEST).then("split"))
    by_hash = parse_settings("dataset: {classes: [car], test_share: 0}")
    home = to_be_made(tmp_path / "home", by_hash)

    assert first_version(home, images).seen == 1
    assert_apart(versions.read_manifest(home.store, "v0001"), SETTINGS.scenes)


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
