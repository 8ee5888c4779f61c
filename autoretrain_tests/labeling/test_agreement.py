"""How far two people's boxes agree, held against figures that were worked out by hand."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.boxes import iou
from autoretrain_assets.labeling import agreement
from autoretrain_assets.labeling.agreement import by_annotators, f1, told
from autoretrain_tests.tables import annotation, annotations, box

HERE, THERE = box(x1=0, y1=0, x2=10, y2=10), box(x1=50, y1=50, x2=60, y2=60)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([], [], 1.0),
        ([HERE], [], 0.0),
        ([HERE], [HERE], 1.0),
        ([HERE], [THERE], 0.0),
        ([HERE], [HERE | {"label": "bus"}], 0.0),
        ([HERE, THERE], [HERE], 2 / 3),
        ([HERE, HERE], [HERE], 2 / 3),
        ([HERE], [box(x1=0, y1=0, x2=10, y2=5)], 1.0),
        ([HERE], [box(x1=0, y1=0, x2=10, y2=4.9)], 0.0),
        ([box(x1=3, y1=3, x2=3, y2=3)], [box(x1=3, y1=3, x2=3, y2=3)], 0.0),
    ],
)
def test_f1_of_boxes(left, right, expected):
    assert f1(left, right) == pytest.approx(expected)


def test_a_box_gives_its_best_partner_away_where_more_boxes_find_one_then():
    def wide(low, high):
        return box(x1=low, y1=0, x2=high, y2=10)

    # The first of either overlap most, but only the others can be paired else.
    left, right = [wide(0, 10), wide(3, 15)], [wide(1, 11), wide(-6, 9)]
    assert f1(left, right) == 1.0


SIDE = st.integers(0, 6)
BOXES = st.lists(
    st.builds(
        lambda x, y, w, label: box(label, x, y, x + w, y + w),
        SIDE,
        SIDE,
        st.integers(1, 5),
        st.sampled_from(["car", "bus"]),
    ),
    max_size=5,
)


@given(BOXES, BOXES)
def test_no_other_pairing_has_more_partners(left, right):
    found = f1(left, right)
    assert found == pytest.approx(f1(right, left))
    if left or right:
        assert round(found * (len(left) + len(right)) / 2, 6) == best(left, right)


def best(left, right):
    """The most pairs, by trying all."""
    short, long = sorted((left, right), key=len)
    pairings = itertools.permutations(range(len(long)), len(short))
    return max(sum(alike(one, long[at]) for one, at in zip(short, places, strict=True)) for places in pairings)


def alike(one, other):
    corners = [agreement._corners([side], side["label"]) for side in (one, other)]
    return one["label"] == other["label"] and iou(*corners).item() >= 0.5


def test_two_annotators_agree_by_the_mean_of_the_images_that_both_labelled():
    rows = [
        annotation("a", boxes=[HERE], annotator="ann") | {"task_key": "one"},
        annotation("a", boxes=[HERE, THERE], annotator="bob") | {"task_key": "two"},
        annotation("b", boxes=[], annotator="bob") | {"task_key": "one"},
        annotation("b", boxes=[], annotator="ann") | {"task_key": "two"},
        annotation("b", boxes=[HERE], annotator="cyd") | {"task_key": "three"},
        annotation("alone", boxes=[HERE], annotator="ann"),
    ]
    assert by_annotators(annotations(*rows)).rows() == [
        ("ann", "bob", 2, pytest.approx((2 / 3 + 1) / 2)),
        ("ann", "cyd", 1, 0.0),
        ("bob", "cyd", 1, 0.0),
    ]


def test_who_answered_twice_is_taken_by_the_newer_answer_and_not_held_against_the_own_one():
    rows = [
        annotation("a", boxes=[], annotator="ann", finished=1),
        annotation("a", boxes=[HERE], annotator="ann", finished=2),
    ]
    assert by_annotators(annotations(*rows)).is_empty()
    rows.append(annotation("a", boxes=[HERE], annotator="bob"))
    assert by_annotators(annotations(*rows)).rows() == [("ann", "bob", 1, 1.0)]


def test_who_answered_what_was_nobodys_may_be_the_other_one():
    rows = [annotation("a", annotator="ann"), annotation("a", annotator="unknown") | {"task_key": "two"}]
    assert by_annotators(annotations(*rows)).is_empty()


def test_who_agrees_less_than_is_asked_for_is_told_with_the_way_out():
    rows = [annotation("a", boxes=[HERE], annotator=name) for name in ("ann", "bob")]
    pairs = by_annotators(annotations(*rows, annotation("a", boxes=[HERE, THERE], annotator="cyd")))
    assert list(told(pairs, 0.6)) == []
    one, other = told(pairs, 0.7)
    assert one.startswith(
        "ann and cyd agree by 0.666 on 1 image that both labelled, and labeling.min_agreement asks for"
    )
    assert other.startswith("bob and cyd")
