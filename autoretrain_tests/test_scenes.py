from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.scenes import group_by_time, join_known, near_duplicates

GAP = 60.0
START = datetime(2025, 3, 1, 23, 50, tzinfo=UTC)
COLUMNS = {"source": pl.String, "captured_at": pl.Datetime("us", "UTC"), "sha256": pl.String}

moments = st.lists(
    st.tuples(st.sampled_from(["a", "b/x"]), st.integers(0, 1200).map(lambda halves: halves / 2)), max_size=25
)


def frames(shots, prefix="image"):
    rows = [(source, START + timedelta(seconds=at), f"{prefix}{n}") for n, (source, at) in enumerate(shots)]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def known(shots, splits=("train",)):
    grouped = group_by_time(frames(shots, "known"), GAP)
    rank = pl.col("group").rank("dense").cast(pl.Int64) % len(splits)
    return grouped.with_columns(split=rank.replace_strict(dict(enumerate(splits)), return_dtype=pl.String))


def by_day(images):
    """Each UTC day grouped on its own, as scenes are that were labelled before their days lay side by side."""
    days = images.with_columns(day=pl.col("captured_at").dt.date()).partition_by("day", include_key=False)
    return pl.concat([group_by_time(images, GAP).clear(), *(group_by_time(day, GAP) for day in days)])


def pairs_within_gap(images, others):
    pairs = images.join(others, on="source", suffix="_other")
    return pairs.filter((pl.col("captured_at") - pl.col("captured_at_other")).abs() <= timedelta(seconds=GAP))


@given(moments)
def test_images_within_the_gap_share_a_group(shots):
    grouped = group_by_time(frames(shots), GAP)
    pairs = pairs_within_gap(grouped, grouped)
    assert (pairs["group"] == pairs["group_other"]).all()


def test_a_longer_pause_starts_a_scene_named_by_its_first_image():
    grouped = group_by_time(frames([("a", 120.5), ("a", 0), ("a", 60), ("b", 61)]), GAP)
    assert grouped["group"].to_list() == [
        "a/20250301T235000.000000",
        "a/20250301T235000.000000",
        "a/20250301T235200.500000",
        "b/20250301T235101.000000",
    ]


@given(moments)
def test_scenes_across_midnight_are_one(shots):
    images = by_day(frames(shots))
    joined = join_known(images, known([]), GAP)
    pairs = pairs_within_gap(joined, joined)
    assert (pairs["group"] == pairs["group_other"]).all()
    assert not joined["torn"].any()
    assert joined["sha256"].to_list() == images["sha256"].to_list()


@given(moments, moments)
def test_a_late_image_joins_and_leaves_known_groups_as_they_are(shots, late):
    before = known(shots)
    joined = join_known(by_day(frames(late)), before, GAP)
    assert joined.height == len(late)
    pairs = pairs_within_gap(joined, before)
    assert set(pairs["group"]) <= set(before["group"])
    # Whatever is built on the known groups afterwards, a known image that comes again finds its group.
    again = join_known(before.drop("split"), before, GAP)
    assert again.sort("sha256")["group"].to_list() == before.sort("sha256")["group"].to_list()


@given(moments, moments)
def test_what_touches_both_splits_is_torn(shots, late):
    before = known(shots, ("train", "test"))
    joined = join_known(by_day(frames(late)), before, GAP)
    touched = pairs_within_gap(joined, before).group_by("sha256").agg(splits=pl.col("split").n_unique())
    both = set(touched.filter(pl.col("splits") > 1)["sha256"])
    assert both <= set(joined.filter("torn")["sha256"])
    if before["split"].n_unique() < 2:
        assert not joined["torn"].any()


def test_a_scene_lasts_between_its_images():
    # Only the ends of a scene were labelled, and a late image at its start has changed its name since.
    ends = frames([("a", 0), ("a", 400)]).with_columns(group=pl.lit("a/first"), split=pl.lit("train"))
    middle = frames([("a", 200)], "late").with_columns(group=pl.lit("a/second"))
    assert join_known(middle, ends, GAP)["group"].to_list() == ["a/first"]


def test_a_known_group_comes_with_its_split():
    before = known([("a", 0), ("a", 500)], ("train", "test"))
    joined = join_known(by_day(frames([("a", 30), ("a", 250), ("a", 530)])), before, GAP)
    # within a minute of either, and between them a scene of its own
    assert joined["known_split"].to_list() == [before["split"][0], None, before["split"][1]]


def test_a_group_of_a_known_name_is_known_whatever_was_labelled_between():
    first = frames([("a", 0)]).with_columns(group=pl.lit("a/one"), split=pl.lit("test"))
    # the second begins earlier and touches the first: both are one scene, whose other name is known
    late = frames([("a", 320), ("a", 300)], "late").with_columns(group=pl.Series(["a/one", "a/earlier"]))
    joined = join_known(late, first, GAP)
    assert joined.select("group", "known_split").rows() == [("a/one", "test")] * 2


def test_a_group_of_another_source_is_never_joined():
    other = known([("b", 0)])
    joined = join_known(by_day(frames([("a", 0)])), other, GAP)
    assert joined["group"].to_list() == ["a/20250301T235000.000000"]


hashes = st.lists(st.integers(0, 2**64 - 1), max_size=12).map(lambda values: np.array(values, dtype=np.uint64))


@given(hashes, hashes, st.integers(0, 64), st.integers(1, 40))
def test_near_duplicates_are_all_pairs_within_the_distance(left, right, distance, pairs_at_once):
    found = near_duplicates(left, right, distance, pairs_at_once)
    expected = {
        (i, j) for i, x in enumerate(left) for j, y in enumerate(right) if (int(x) ^ int(y)).bit_count() <= distance
    }
    assert found.shape == (len(expected), 2)
    assert {(int(i), int(j)) for i, j in found} == expected
