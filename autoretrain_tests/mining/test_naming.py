from datetime import timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.mining.naming import BESIDE, began_since, named
from autoretrain_tests.mining.world import START

GAP = 60.0
moments = st.lists(st.tuples(st.sampled_from(["a", "b/x"]), st.integers(0, 900)), max_size=12)


def frames(shots, prefix="own", group=None):
    rows = [
        (f"{prefix}{at}", source, START + timedelta(seconds=second), group) for at, (source, second) in enumerate(shots)
    ]
    return pl.DataFrame(rows, schema=BESIDE, orient="row")


def groups(own, beside):
    return named(frames(own).drop("group"), beside, GAP)["group"].to_list()


def test_images_beside_lend_a_scene_its_start_and_do_not_come_in():
    assert (
        groups([("a", 100), ("a", 150)], frames([("a", 0), ("a", 50), ("b", 90)])) == ["a/20250301T120000.000000"] * 2
    )


def test_a_scene_goes_by_the_smallest_name_that_it_has_in_a_task():
    beside = pl.concat([frames([("a", 50)], "x", "a/second"), frames([("a", 100)], "y", "a/first")])
    assert groups([("a", 0), ("a", 150), ("a", 300)], beside) == ["a/first", "a/first", "a/20250301T120500.000000"]


def test_an_image_that_is_beside_too_is_one_of_the_day():
    own = frames([("a", 100)])
    assert named(own.drop("group"), own.with_columns(group=pl.lit("a/known")), GAP)["group"].to_list() == ["a/known"]


@given(moments, moments, st.lists(st.tuples(st.just("a"), st.integers(0, 900)), max_size=3))
def test_images_of_a_scene_have_one_name_and_all_come_out(own, beside, in_tasks):
    around = pl.concat([frames(beside, "other"), frames(in_tasks, "task", "a/known")])
    found = named(frames(own).drop("group"), around, GAP)
    assert sorted(found["sha256"]) == sorted(frames(own)["sha256"])
    pairs = found.join(found, on="source", suffix="_other").filter(
        (pl.col("captured_at") - pl.col("captured_at_other")).abs() <= timedelta(seconds=GAP)
    )
    assert (pairs["group"] == pairs["group_other"]).all()


def test_whether_a_scene_began_since_a_day():
    names = [("a/x", "a/x/20250228T235959.999999"), ("a/x", "a/x/20250301T000000.000000"), ("b", "b/20250302T000000.0")]
    table = pl.DataFrame(names, schema=["source", "group"], orient="row")
    assert table.select(began_since(START.date())).to_series().to_list() == [False, True, True]
