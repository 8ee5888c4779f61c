import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.config.settings import Mining
from autoretrain_assets.mining.signals import REASONS, signals
from autoretrain_tests.mining.world import box, event, table

SETTINGS = Mining(uncertain_low=0.2, uncertain_high=0.4, flicker_confidence=0.5, flicker_seconds=2, flicker_iou=0.3)


def score(*events, reason, settings=SETTINGS):
    found = signals(table(*events).lazy(), settings).collect().sort("event_id")
    return found[reason].to_list()


def test_any_verdict_is_an_operators_word():
    assert score(event(1, reported=True), event(2), event(3, verdicts=None), reason="operator") == [1.0, None, None]


def test_uncertain_is_half_for_one_box_in_the_middle_and_grows_with_more():
    one, two = event(1, [box(0.3)]), event(2, [box(0.3), box(0.3, x=50)])
    assert score(one, two, reason="uncertain") == pytest.approx([0.5, 0.75])


def test_uncertain_counts_the_ends_of_the_band_and_nothing_outside():
    events = [event(1, [box(0.2)]), event(2, [box(0.4)]), event(3, [box(0.19), box(0.41)]), event(4, [])]
    assert score(*events, reason="uncertain") == pytest.approx([0.0, 0.0, None, None])


def test_a_box_that_is_gone_in_the_next_frame_flickers_in_both():
    events = [event(1, [box(0.9)], at=0), event(2, [box(0.8, x=200)], at=1)]
    assert score(*events, reason="flicker") == [0.9, 0.9]


def test_a_class_that_changes_flickers():
    events = [event(1, [box(0.6)], at=0), event(2, [box(0.7, label="bus")], at=1)]
    assert score(*events, reason="flicker") == [0.7, 0.7]


@pytest.mark.parametrize(
    "neighbour",
    [
        event(2, [box(0.05, x=2)], at=1),
        event(2, [], at=2.1),
        event(2, [], at=1, source="other"),
        event(2, [], at=1, model_version="v0002"),
        event(2, [box(0.9)], at=1, image=1),
    ],
    ids=["still there, less sure", "too late", "another source", "another model", "the same image again"],
)
def test_no_flicker(neighbour):
    assert score(event(1, [box(0.9)], at=0), neighbour, reason="flicker") == [None, None]


def test_an_unsure_box_may_vanish():
    assert score(event(1, [box(0.49)], at=0), event(2, [], at=1), reason="flicker") == [None, None]


def test_only_the_frames_next_to_each_other_are_compared():
    events = [event(1, [box(0.9)], at=0), event(2, [box(0.9)], at=0.5), event(3, [], at=1)]
    assert score(*events, reason="flicker") == [None, 0.9, 0.9]


boxes = st.lists(
    st.builds(box, st.floats(0, 1), st.floats(-50, 700), st.sampled_from(["car", "bus"]), st.floats(0, 50)), max_size=4
)


@given(st.lists(st.tuples(boxes, st.floats(0, 10), st.booleans()), max_size=8))
def test_scores_are_parts_of_one_and_reasons_are_those_that_have_one(shots):
    events = [event(n, shown, at=at, reported=told) for n, (shown, at, told) in enumerate(shots)]
    found = signals(table(*events).lazy(), SETTINGS).collect()
    assert found["event_id"].sort().to_list() == [one["event_id"] for one in events]
    for reason in REASONS:
        assert found[reason].drop_nulls().is_between(0, 1).all()
        listed = found.select(pl.col("reasons").list.contains(reason).alias("listed"))["listed"]
        assert (listed == found[reason].is_not_null()).all()
