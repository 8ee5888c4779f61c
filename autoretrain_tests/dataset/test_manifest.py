"""The manifest: scenes stay whole, versions are reproducible, nothing leaks."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.manifest import build, manifest_hash, with_boxes_hash
from autoretrain_assets.dataset.splits import split_of
from autoretrain_tests.tables import annotation, annotations, box

SETTINGS = parse_settings("dataset: {test_share: 0.5, classes: [car]}\nscenes: {gap_seconds: 60}")


def scene(number, size=2, **more):
    """Images of one scene; scenes are an hour apart."""
    return [
        annotation(f"s{number}-{at}", seconds=3600 * number + at, **more) | {"group": f"cam/{number}"}
        for at in range(size)
    ]


def many(numbers, **more):
    return annotations(*(row for number in numbers for row in scene(number, **more)))


def split_by_image(manifest):
    return dict(manifest.select("sha256", "split").iter_rows())


def test_a_scene_has_one_split_and_both_splits_are_used():
    manifest = build(None, many(range(30)), SETTINGS, "v0001").manifest

    assert manifest.group_by("group").agg(pl.col("split").n_unique())["split"].max() == 1
    assert set(manifest["split"]) == {"train", "test"}


def test_the_same_inputs_in_another_order_have_the_same_hash():
    rows = many(range(10))

    left = build(None, rows, SETTINGS, "v0001").manifest
    right = build(None, rows.reverse(), SETTINGS, "v0001").manifest

    assert manifest_hash(left, ["car"]) == manifest_hash(right, ["car"])


def test_building_again_on_the_parent_without_new_labels_changes_nothing():
    rows = many(range(10))
    parent = build(None, rows, SETTINGS, "v0001").manifest

    child = build(parent, rows, SETTINGS, "v0002").manifest

    assert manifest_hash(child, ["car"]) == manifest_hash(parent, ["car"])
    assert set(child["since"]) == {"v0001"}


def test_new_images_carry_the_version_that_first_had_them():
    parent = build(None, many(range(5)), SETTINGS, "v0001").manifest

    child = build(parent, many(range(5, 8)), SETTINGS, "v0002").manifest

    assert child.filter(pl.col("since") == "v0002").height == 6
    assert child.height == 16


def test_a_later_answer_replaces_the_boxes_but_not_the_split():
    parent = build(None, many(range(4)), SETTINGS, "v0001").manifest
    again = annotations(annotation("s0-0", boxes=[box("car", x2=99.0)], finished=5, annotator="other"))

    child = build(parent, again, SETTINGS, "v0002").manifest

    assert split_by_image(child) == split_by_image(parent)
    row = child.row(by_predicate=pl.col("sha256") == "s0-0", named=True)
    assert (row["boxes"][0]["x2"], row["annotator"]) == (99.0, "other")
    assert manifest_hash(child, ["car"]) != manifest_hash(parent, ["car"])


def test_the_later_of_two_answers_counts():
    both = annotations(annotation("a", boxes=[], finished=2), annotation("a", boxes=[box()], finished=1))

    manifest = build(None, both, SETTINGS, "v0001").manifest

    assert manifest["boxes"].to_list() == [[]]


def test_a_late_image_of_a_known_scene_joins_its_split():
    parent = build(None, many(range(20)), SETTINGS, "v0001").manifest
    late = annotations(*(annotation(f"late-{n}", seconds=3600 * n + 30) for n in range(20)))

    child = build(parent, late, SETTINGS, "v0002").manifest

    assert child.group_by("group").agg(pl.col("split").n_unique())["split"].max() == 1
    assert child.filter(pl.col("sha256").str.starts_with("late"))["group"].is_in(parent["group"].implode()).all()


def test_a_scene_that_touches_both_splits_is_left_out():
    names = {split_of(f"cam/{n}", 0.5): n for n in range(20)}
    train, test = names["train"], names["test"]
    known = annotations(
        annotation("a", seconds=0) | {"group": f"cam/{train}"}, annotation("b", seconds=100) | {"group": f"cam/{test}"}
    )
    parent = build(None, known, SETTINGS, "v0001").manifest

    built = build(parent, annotations(annotation("between", seconds=50)), SETTINGS, "v0002")

    assert built.left_out == 1
    assert built.manifest["sha256"].to_list() == ["a", "b"]


def test_operators_failures_are_the_regression_slice():
    manifest = build(None, many(range(2), reasons=["operator", "uncertain"]), SETTINGS, "v0001").manifest

    assert manifest["slices"].to_list() == [["regression"]] * 4


def test_a_report_that_comes_after_the_label_counts_too():
    parent = build(None, many(range(2)), SETTINGS, "v0001").manifest

    child = build(parent, many(range(4)), SETTINGS, "v0002", reported=pl.Series(["s0-0", "s3-1", "never labelled"]))

    reported = child.manifest.filter(pl.col("slices").list.contains("regression"))
    assert reported["sha256"].to_list() == ["s0-0", "s3-1"]
    assert split_by_image(parent).items() <= split_by_image(child.manifest).items()
    again = build(child.manifest, many(range(4)), SETTINGS, "v0003", reported=pl.Series(["s0-0", "s3-1"]))
    assert again.manifest.equals(child.manifest)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(0, 2**16))
def test_no_near_duplicate_stands_on_both_sides(bits, base):
    rows = annotations(*(annotation(f"i{n}", seconds=3600 * n, phash=base ^ bit) for n, bit in enumerate(bits)))

    manifest = build(None, rows, SETTINGS, "v0001").manifest

    assert manifest["split"].n_unique() == 1


def test_boxes_hash_ignores_order_and_confidence_and_sees_a_hundredth_of_a_pixel():
    def hashed(*boxes):
        return with_boxes_hash(annotations(annotation("a", boxes=list(boxes))))["boxes_hash"][0]

    one, two = box("car"), box("bus", x1=1.0)
    assert hashed(one, two) == hashed(two, one | {"confidence": 0.9})
    assert hashed(one) != hashed(box("car", x1=10.01))
    assert hashed() != hashed(one)
