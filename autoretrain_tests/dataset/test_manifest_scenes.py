"""Scenes stay whole from version to version, whatever is labelled late and however the settings change."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.manifest import build
from autoretrain_assets.dataset.splits import TEST, TRAIN, split_of
from autoretrain_assets.schema import ANNOTATIONS, MANIFEST, conform, empty
from autoretrain_tests.dataset.apart import assert_apart
from autoretrain_tests.tables import annotation, annotations, hash_of


def settings(test_share):
    return parse_settings(f"dataset: {{test_share: {test_share}, classes: [car]}}\nscenes: {{gap_seconds: 60}}")


def one_each(prefix, seconds):
    """An image of each of 200 scenes an hour apart, so many seconds after it began."""
    names = [(f"{prefix}{n}", 3600 * n) for n in range(200)]
    return annotations(*(annotation(name, seconds=at + seconds) | {"group": f"cam/{at}"} for name, at in names))


def test_a_changed_test_share_tears_no_known_scene():
    parent = build(None, one_each("early", 0), settings(0.2), "v0001").manifest

    child = build(parent, one_each("late", 30), settings(0.4), "v0002").manifest

    assert child.height == 400
    assert_apart(child, settings(0.4).scenes)


def test_a_known_scene_is_known_by_its_name_too_where_the_labelled_images_are_far_apart():
    parent = build(None, one_each("early", 0), settings(0.2), "v0001").manifest

    child = build(parent, one_each("late", 1800), settings(0.4), "v0002").manifest

    assert child.height == 400
    assert_apart(child, settings(0.4).scenes)


def test_a_late_image_takes_the_split_that_was_given_to_its_scene():
    by_hash = build(None, one_each("early", 0), settings(0.5), "v0001").manifest
    given_split = pl.when(pl.col("split") == TEST).then(pl.lit(TRAIN)).otherwise(pl.lit(TEST))

    child = build(by_hash.with_columns(split=given_split), one_each("late", 30), settings(0.5), "v0002").manifest

    assert child.height == 400
    assert_apart(child, settings(0.5).scenes)


def test_a_group_that_another_source_has_on_the_other_side_is_left_out():
    name = next(f"cam/{n}" for n in range(20) if split_of(f"cam/{n}", 0.5) == TRAIN)
    parent = build(None, annotations(annotation("a") | {"group": name}), settings(0.5), "v0001").manifest
    other = annotations(annotation("b", source="cam/b") | {"group": name})

    built = build(parent.with_columns(split=pl.lit(TEST)), other, settings(0.5), "v0002")

    assert (built.manifest["sha256"].to_list(), built.left_out) == (["a"], 1)


def test_of_a_scene_that_an_older_version_tore_the_images_stay_that_a_model_was_trained_on():
    torn = build(None, one_each("early", 0).head(2).with_columns(group=pl.lit("cam/0")), settings(0.5), "v0001")
    parent = conform(torn.manifest.with_columns(split=pl.Series([TEST, TRAIN])), MANIFEST)

    built = build(parent, empty(ANNOTATIONS), settings(0.5), "v0002")

    assert (built.manifest["sha256"].to_list(), built.left_out) == (["early1"], 1)


shots = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 1200), st.integers(0, 50)), max_size=12)


@pytest.mark.slow
@given(st.lists(st.tuples(shots, st.sampled_from([0.1, 0.5, 0.9])), min_size=2, max_size=4))
def test_train_and_test_have_nothing_in_common_in_any_version(steps):
    manifest = None
    for number, (images, test_share) in enumerate(steps):
        rows = [
            annotation(f"{number}-{at}", seconds=seconds, source=source, phash=hash_of(str(look)))
            for at, (source, seconds, look) in enumerate(images)
        ]
        labelled = annotations(*rows) if rows else empty(ANNOTATIONS)
        manifest = build(manifest, labelled, settings(test_share), f"v{number}").manifest
        assert_apart(manifest, settings(test_share).scenes)
