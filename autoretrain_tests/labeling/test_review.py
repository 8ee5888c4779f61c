import math
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets import schema
from autoretrain_assets.boxes import Box
from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.labeling.base import Answers
from autoretrain_assets.labeling.review import review

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
SETTINGS = Labeling(box_tolerance_px=2.0, min_box_px=1.0)
CLASSES = ["car", "bus"]


def samples(*names):
    return pl.DataFrame(
        {"sha256": list(names), "width": [64] * len(names), "height": [48] * len(names)},
        schema={"sha256": pl.String, "width": pl.Int32, "height": pl.Int32},
    )


def answers(*rows, problems=None):
    table = pl.DataFrame(
        [
            {"sha256": name, "boxes": boxes and [box and box.as_row() for box in boxes], "annotator": "ada"}
            for name, boxes in rows
        ],
        schema={name: schema.ANSWERS[name] for name in ("sha256", "boxes", "annotator")},
    )
    return Answers(table.with_columns(finished_at=pl.lit(NOON)), problems or {})


def judge(box):
    return review(answers(("a", [box])), samples("a"), CLASSES, SETTINGS)


def test_good_answers_pass_in_their_order_with_all_columns():
    boxes = [Box("bus", 5, 6, 7, 8), Box("car", 0, 0, 64, 48), Box("car", 1, 1, 2, 2)]
    result = review(answers(("b", boxes), ("a", [])), samples("a", "b"), CLASSES, SETTINGS)
    assert result.passed
    assert result.rejected == {}
    assert dict(result.accepted.schema) == schema.ANSWERS
    assert result.accepted["sha256"].to_list() == ["b", "a"]
    assert result.accepted["boxes"].to_list() == [[box.as_row() for box in boxes], []]
    assert result.accepted["finished_at"].to_list() == [NOON, NOON]


def test_a_box_a_little_outside_is_clipped():
    result = judge(Box("car", -2, -1.5, 66, 50))
    assert result.passed
    assert result.accepted["boxes"].to_list() == [[Box("car", 0, 0, 64, 48).as_row()]]


@pytest.mark.parametrize(
    ("box", "said"),
    [
        (Box("car", -2.1, 0, 10, 10), "sticks 2.1 px out"),
        (Box("car", 0, -3, 10, 10), "sticks 3.0 px out"),
        (Box("car", 0, 0, 66.2, 10), "sticks 2.2 px out"),
        (Box("car", 0, 0, 10, 500), "sticks 452.0 px out"),
        (Box("car", 10, 0, 5, 10), "inverted"),
        (Box("car", 0, 10, 5, 5), "inverted"),
        (Box("car", 5, 5, 5.9, 20), "shorter than 1 px"),
        (Box("car", 5, 5, 20, 5), "shorter than 1 px"),
        (Box("car", -1.9, 5, 0.5, 20), "shorter than 1 px"),
        (Box("car", math.nan, 5, 6, 20), "no number"),
        (Box("car", 1, 5, math.inf, 20), "no number"),
        (Box("Car", 1, 5, 10, 20), "unknown class; known are car, bus"),
        (Box(" car ", 1, 5, 10, 20), "unknown class; known are car, bus"),
        (Box("<b>", 1, 5, 10, 20), "unknown class; known are car, bus"),
        (Box("c" * 65, 1, 5, 10, 20), "unknown class; known are car, bus"),
        (None, "no number"),
    ],
)
def test_a_wrong_box_rejects_its_image_and_says_why(box, said):
    result = judge(box)
    assert not result.passed
    assert said in result.rejected["a"]
    assert result.accepted.is_empty()


@pytest.mark.parametrize("name", ["cat", "traffic light/red", "Straßenbahn", "猫", "हाथी", "a", "type (2)"])
def test_a_class_that_the_model_does_not_know_is_kept_as_it_was_drawn(name):
    result = judge(Box(name, 1, 5, 10, 20))
    assert result.passed
    assert result.accepted["boxes"].to_list() == [[Box(name, 1, 5, 10, 20).as_row()]]


def test_where_classes_are_not_to_be_proposed_their_answers_go_back():
    settings = Labeling(proposed_classes=False, refused_classes=["dog"])
    result = review(answers(("a", [Box("cat", 1, 5, 10, 20)])), samples("a"), CLASSES, settings)
    assert "box cat at 1.0, 5.0, 10.0, 20.0 has an unknown class" in result.rejected["a"]
    assert review(answers(("a", [Box("dog", 1, 5, 10, 20)])), samples("a"), CLASSES, settings).passed


def test_a_refused_class_does_not_make_another_spelling_of_it_a_slip():
    settings = Labeling(refused_classes=["dog"])
    assert review(answers(("a", [Box("Dog", 1, 5, 10, 20)])), samples("a"), CLASSES, settings).passed


def measured(**quality):
    """Answers without a box, whose jobs agree so far with known answers."""
    given_answers = answers(*((name, []) for name in quality))
    return Answers(given_answers.table.with_columns(quality=pl.Series(list(quality.values()), dtype=pl.Float64)))


def test_an_answer_that_agrees_too_little_with_known_answers_goes_back_and_one_not_measured_does_not():
    given_answers = measured(poor=0.6996, enough=0.7, unmeasured=None)
    result = review(given_answers, samples("poor", "enough", "unmeasured"), CLASSES, SETTINGS)
    assert result.rejected == {
        "poor": "its job agrees with known answers by 0.699 of 1; at least 0.7 is asked: look at the whole job again"
    }
    assert dict(result.accepted.select("sha256", "quality").iter_rows()) == {"enough": 0.7, "unmeasured": None}


def test_decimals_do_not_make_a_box_too_small():
    low, high = 0.4, 1.4
    assert high - low < SETTINGS.min_box_px
    assert judge(Box("car", low, low, high, high)).passed


def test_one_wrong_box_rejects_the_whole_image_and_only_that_image():
    bad = [Box("car", 1, 1, 9, 9), Box("CAR", 1, 1, 9, 9), Box("car", 9, 9, 1, 1)]
    result = review(answers(("a", bad), ("b", [])), samples("a", "b"), CLASSES, SETTINGS)
    assert list(result.rejected) == ["a"]
    assert "unknown class" in result.rejected["a"]
    assert "inverted" in result.rejected["a"]
    assert result.accepted["sha256"].to_list() == ["b"]
    assert not result.passed


def test_no_image_is_lost_answered_twice_or_foreign():
    given_answers = answers(("twice", []), ("twice", [Box("car", 1, 1, 9, 9)]), ("foreign", []), ("null", None))
    result = review(given_answers, samples("twice", "lost", "null"), CLASSES, SETTINGS)
    assert result.rejected == {
        "foreign": "not an image of this task",
        "lost": "no answer for this image",
        "null": "no answer for this image",
        "twice": "answered more than once: keep one answer",
    }
    assert result.accepted.is_empty()


def test_what_the_backend_could_not_read_is_rejected_in_its_words():
    given_answers = answers(("a", []), problems={"a": "a polygon", "b": "no answer for this image", "cat.png": "odd"})
    result = review(given_answers, samples("a", "b"), CLASSES, SETTINGS)
    assert result.rejected == {"a": "a polygon", "b": "no answer for this image", "cat.png": "odd"}
    assert result.accepted.is_empty()


def test_nothing_asked_and_nothing_answered_passes():
    result = review(Answers(schema.empty(schema.ANSWERS)), samples(), [], SETTINGS)
    assert result.passed
    assert dict(result.accepted.schema) == schema.ANSWERS


WILD = st.floats(-100, 200) | st.floats() | st.integers(-3, 70).map(float)
WILD_BOXES = st.lists(st.builds(Box, st.sampled_from(["car", "bus", "cat", "{}"]), WILD, WILD, WILD, WILD), max_size=3)


@given(st.lists(st.tuples(st.sampled_from("abcd"), WILD_BOXES), max_size=5))
def test_every_image_is_either_accepted_or_rejected_and_accepted_boxes_are_sound(rows):
    result = review(answers(*rows), samples("a", "b", "c"), CLASSES, SETTINGS)
    accepted = result.accepted["sha256"].to_list()
    assert sorted([*accepted, *result.rejected]) == sorted({"a", "b", "c"} | {name for name, _ in rows})
    drawn = dict(rows)
    for name, boxes in zip(accepted, result.accepted["boxes"].to_list(), strict=True):
        assert [box["label"] for box in boxes] == [box.label for box in drawn[name]]
        for box in boxes:
            assert box["label"] in [*CLASSES, "cat"]
            assert 0 <= box["x1"] < box["x2"] <= 64
            assert 0 <= box["y1"] < box["y2"] <= 48
