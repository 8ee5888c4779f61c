import numpy as np
import pytest

from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling.cvat.shapes import read, rectangles
from autoretrain_assets.labeling.cvat.wire import Drawn, Keyframe, Shape, Track

LABELS = {1: "car", 2: "bus"}


def shape(frame=0, points=(1, 2, 3, 4), label=1, **more):
    return Shape("rectangle", frame, label, list(points), **more)


def test_boxes_become_rectangles_of_plain_numbers():
    [sent] = rectangles(3, [Box("bus", *np.float32([1.5, 2, 3, 4]), confidence=0.5)], {"bus": 2}, "auto")
    assert (sent["frame"], sent["label_id"], sent["source"], sent["points"]) == (3, 2, "auto", [1.5, 2, 3, 4])
    assert {type(number) for number in sent["points"]} == {float}


def test_rectangles_become_boxes_of_their_frames_in_the_order_they_were_drawn():
    found = read(Drawn([shape(1, label=2, id=9), shape(1, id=4), shape(0)]), LABELS, range(6))
    assert found.boxes == {0: [Box("car", 1, 2, 3, 4)], 1: [Box("car", 1, 2, 3, 4), Box("bus", 1, 2, 3, 4)]}
    assert found.problems == {}


def test_boxes_outside_and_inverted_are_handed_on_for_the_review():
    found = read(Drawn([shape(points=(-50, 900, 3, 2))]), LABELS, range(6))
    assert found.boxes == {0: [Box("car", -50, 900, 3, 2)]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Shape("polygon", 0, 1, [1, 2, 3, 4, 5, 6]), "a polygon of car: only rectangles"),
        (Shape("mask", 0, 2, [1.0] * 9), "a mask of bus"),
        (shape(rotation=30.5), "turned by 30.5 degrees"),
        (shape(label=77), "a label that the project has no more (id 77)"),
        (shape(points=(1, 2, 3)), "3 numbers in the place of 4"),
    ],
)
def test_what_is_no_upright_rectangle_is_a_problem_of_its_frame(wrong, said):
    found = read(Drawn([wrong, shape(1)]), LABELS, range(6))
    assert said in found.problems[0]
    assert list(found.problems) == [0]
    assert list(found.boxes) == [1]


def test_a_full_turn_is_none():
    assert read(Drawn([shape(rotation=360.0)]), LABELS, range(6)).problems == {}


def key(frame, points=(0, 0, 10, 10), kind="rectangle", **more):
    return Keyframe(kind, frame, list(points), **more)


def drawn_by(*keys, frames=range(10), deleted=frozenset(), label=1):
    return read(Drawn(tracks=[Track(keys[0].frame if keys else 0, label, list(keys))]), LABELS, frames, deleted)


def left_sides(found):
    assert found.problems == {}
    return {frame: box.x1 for frame, [box] in sorted(found.boxes.items())}


def test_a_track_goes_straight_from_keyframe_to_keyframe_and_stays_after_the_last():
    found = drawn_by(key(6, (8, 4, 30, 12)), key(2))
    assert left_sides(found) == {2: 0, 3: 2, 4: 4, 5: 6, 6: 8, 7: 8, 8: 8, 9: 8}
    assert found.boxes[3] == [Box("car", 2, 1, 15, 10.5)]


def test_a_track_is_not_seen_from_where_it_left_to_where_it_comes_back():
    assert left_sides(drawn_by(key(0), key(2, (4, 0, 10, 10), outside=True), key(5, (6, 0, 10, 10)), key(6))) == {
        0: 0,
        1: 2,
        5: 6,
        **dict.fromkeys(range(6, 10), 0),
    }
    assert left_sides(drawn_by(key(1, outside=True))) == {}
    assert left_sides(drawn_by()) == {}


def test_a_track_that_reaches_beyond_the_job_or_over_a_deleted_frame_gives_nothing_there():
    assert left_sides(drawn_by(key(0), key(8, (8, 0, 10, 10)), key(20), frames=range(4, 7))) == {4: 4, 5: 5, 6: 6}
    assert left_sides(drawn_by(key(0), key(4, (4, 0, 10, 10)), frames=range(6), deleted=frozenset({2}))) == {
        0: 0,
        1: 1,
        3: 3,
        4: 4,
        5: 4,
    }


def test_a_keyframe_on_a_deleted_frame_is_none_as_on_the_server():
    keys = [key(0), key(2, (50, 0, 60, 10), outside=True), key(4, (4, 0, 10, 10))]
    assert left_sides(drawn_by(*keys, frames=range(5), deleted=frozenset({2}))) == {0: 0, 1: 1, 3: 3, 4: 4}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "polygon"}, "a track with a polygon of car: only rectangles are read"),
        ({"rotation": 30.5}, "a track with a rectangle of car, turned by 30.5 degrees"),
        ({"points": (1, 2)}, "a track with a rectangle of car with 2 numbers"),
    ],
)
def test_a_track_that_cannot_be_read_is_a_problem_of_each_image_that_it_is_seen_on(wrong, said):
    found = drawn_by(key(2), key(4, **wrong), key(6, outside=True), frames=range(9), deleted=frozenset({3}))
    assert list(found.problems) == [2, 4, 5]
    assert all(reason.startswith(said) for reason in found.problems.values())
    assert found.boxes == {}


def test_a_track_of_a_label_that_is_gone_is_a_problem_of_its_images():
    assert "no more (id 9)" in drawn_by(key(8), label=9).problems[9]
