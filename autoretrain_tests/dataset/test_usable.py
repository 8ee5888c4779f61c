"""A version is refused while it can be: before it is tagged, when nothing could be trained on or measured by it."""

import polars as pl
import pytest

from autoretrain_assets.dataset.usable import verify_usable
from autoretrain_assets.errors import InputError


def manifest(*rows):
    return pl.DataFrame(rows, schema=["sha256", "split", "since"], orient="row")


KNOWN = [("a", "train", "v0001"), ("b", "test", "v0001")]
TRAINED = pl.Series("sha256", ["a", "b"])


def test_new_train_images_beside_any_test_image_are_enough():
    verify_usable(manifest(*KNOWN, ("c", "train", "v0002")), "v0002", TRAINED)
    verify_usable(manifest(*KNOWN), "v0001", None)


def test_new_images_that_are_all_of_the_test_are_refused():
    coming = manifest(*KNOWN, ("c", "test", "v0002"), ("d", "test", "v0002"))

    with pytest.raises(InputError, match=r"v0002.*all 2 new images fall into the test split: label more scenes"):
        verify_usable(coming, "v0002", TRAINED)


def test_a_version_without_a_test_image_is_refused():
    with pytest.raises(InputError, match=r"v0001.*no test image: label more scenes, or set dataset\.test_share higher"):
        verify_usable(manifest(("a", "train", "v0001")), "v0001", None)


def test_answers_that_changed_are_refused_where_the_model_was_trained_on_all_these_images():
    with pytest.raises(InputError, match=r"v0002.*no image that the model in production was not trained on"):
        verify_usable(manifest(*KNOWN), "v0002", TRAINED)


def test_answers_that_changed_are_enough_where_the_images_were_never_released():
    held = manifest(*KNOWN, ("c", "train", "v0002"))

    verify_usable(held, "v0003", TRAINED)
    verify_usable(held, "v0003", None)
