"""Mistakes at the confidence of production, and the images that show a change best."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.config.settings import Evaluation
from autoretrain_assets.evaluation.mistakes import false_positives, found, telling
from autoretrain_assets.schema import PREDICTIONS
from autoretrain_tests.tables import box

SETTINGS = Evaluation(operating_confidence=0.25, match_iou=0.5)


def images(**boxes):
    return pl.DataFrame([{"sha256": name, "boxes": some} for name, some in boxes.items()], schema=PREDICTIONS)


def counts(truth, predictions):
    return dict(zip(["objects", "found", "wrong"], found(truth, predictions, SETTINGS).row(0)[1:], strict=True))


def test_one_object_has_one_partner_the_surest():
    truth = images(a=[box()])
    twice = images(a=[box(confidence=0.8), box(confidence=0.9)])

    assert counts(truth, twice) == {"objects": 1, "found": 1, "wrong": 1}


def test_a_surer_box_takes_its_best_object_and_leaves_the_other():
    left, right = box(x1=0.0, x2=40.0), box(x1=10.0, x2=50.0)
    shown = [box(x1=10.0, x2=50.0, confidence=0.9), box(x1=0.0, x2=40.0, confidence=0.8)]

    assert counts(images(a=[left, right]), images(a=shown)) == {"objects": 2, "found": 2, "wrong": 0}


def test_confidence_and_overlap_count_from_their_thresholds_on():
    truth = images(a=[box(x1=0.0, x2=30.0, y1=0.0, y2=10.0)])
    half = box(x1=0.0, x2=15.0, y1=0.0, y2=10.0, confidence=0.25)

    assert counts(truth, images(a=[half])) == {"objects": 1, "found": 1, "wrong": 0}
    assert counts(truth, images(a=[half | {"confidence": 0.2499}])) == {"objects": 1, "found": 0, "wrong": 0}
    assert counts(truth, images(a=[half | {"x2": 14.9}])) == {"objects": 1, "found": 0, "wrong": 1}


def test_a_wrong_class_is_a_miss_and_a_false_positive():
    truth, shown = images(a=[box("car")]), images(a=[box("bus", confidence=0.9)])

    assert counts(truth, shown) == {"objects": 1, "found": 0, "wrong": 1}
    assert false_positives(truth, shown, SETTINGS).rows() == [("a", "bus", 1)]


def test_every_image_has_a_row_whatever_was_predicted():
    truth = images(a=[], b=[box()], c=[])
    rows = found(truth, images(c=[box(confidence=0.9)]), SETTINGS).rows()

    assert rows == [("a", 0, 0, 0), ("b", 1, 0, 0), ("c", 0, 0, 1)]


@st.composite
def some_boxes(draw):
    low, side = draw(st.tuples(st.integers(0, 30), st.integers(1, 30)))
    label = draw(st.sampled_from(["car", "bus"]))
    return box(label, low, low, low + side, low + side, draw(st.floats(0, 1)))


@given(objects=st.lists(some_boxes(), max_size=6), shown=st.lists(some_boxes(), max_size=6))
def test_each_shown_box_is_a_find_or_a_mistake(objects, shown):
    counted = counts(images(a=objects), images(a=shown))

    assert counted["objects"] == len(objects)
    assert counted["found"] + counted["wrong"] == sum(one["confidence"] >= 0.25 for one in shown)
    assert counted["found"] <= counted["objects"]


def test_the_most_telling_images_changed_most_in_either_direction_and_ties_go_by_name():
    truth = images(a=[box()], b=[box(), box(x1=100.0, x2=150.0)], c=[box()], d=[box()])
    nothing = truth.clear()
    both = [box(confidence=0.9), box(x1=100.0, x2=150.0, confidence=0.9)]
    after = images(d=both[:1], b=both, a=both[:1])
    before_counts, after_counts = (found(truth, table, SETTINGS) for table in (nothing, after))

    assert list(telling(before_counts, after_counts, 3)) == ["b", "a", "d"]
    assert list(telling(after_counts, before_counts, 3)) == ["b", "a", "d"]
    assert list(telling(before_counts, after_counts, 99)) == ["b", "a", "d", "c"]
