"""A version is refused while it can be: before it is tagged, when nothing could be trained on or measured by it."""

import polars as pl
import pytest

from autoretrain_assets.dataset.usable import verify_usable
from autoretrain_assets.errors import InputError


def manifest(*rows):
    return pl.DataFrame(rows, schema=["sha256", "split", "since"], orient="row")


KNOWN = [("a", "train", "v0001"), ("b", "test", "v0001")]
TRAINED = pl.Series("sha256", ["a", "b"])
NONE = pl.Series("sha256", [], dtype=pl.String)


def test_new_train_images_beside_any_test_image_are_enough():
    verify_usable(manifest(*KNOWN, ("c", "train", "v0002")), "v0002", TRAINED, NONE)
    verify_usable(manifest(*KNOWN), "v0001", None, NONE)


def test_new_images_that_are_all_of_the_test_are_refused():
    coming = manifest(*KNOWN, ("c", "test", "v0002"), ("d", "test", "v0002"))

    with pytest.raises(InputError, match=r"v0002.*all 2 new images fall into the test split: label more scenes"):
        verify_usable(coming, "v0002", TRAINED, NONE)


def test_a_version_without_a_test_image_is_refused():
    with pytest.raises(InputError, match=r"v0001.*no test image: label more scenes, or set dataset\.test_share higher"):
        verify_usable(manifest(("a", "train", "v0001")), "v0001", None, NONE)


def test_answers_that_changed_are_enough_for_they_are_to_be_learned_anew():
    only_tests = manifest(*KNOWN, ("c", "test", "v0002"))

    verify_usable(only_tests, "v0002", pl.Series("sha256", ["b"]), corrected=pl.Series("sha256", ["a"]))


def test_a_version_whose_train_images_were_all_learned_is_refused():
    with pytest.raises(InputError, match=r"v0002.*no image that the model in production was not trained on"):
        verify_usable(manifest(*KNOWN), "v0002", TRAINED, NONE)


def test_images_of_a_version_that_was_never_released_are_enough():
    held = manifest(*KNOWN, ("c", "train", "v0002"))

    verify_usable(held, "v0003", TRAINED, NONE)
    verify_usable(held, "v0003", None, NONE)
