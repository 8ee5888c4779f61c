import numpy as np
import pytest

from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling.cvat.shapes import read, rectangles
from autoretrain_assets.labeling.cvat.wire import Drawn, Shape, Track

LABELS = {1: "car", 2: "bus"}


def shape(frame=0, points=(1, 2, 3, 4), label=1, **more):
    return Shape("rectangle", frame, label, list(points), **more)


def test_boxes_become_rectangles_of_plain_numbers():
    [sent] = rectangles(3, [Box("bus", *np.float32([1.5, 2, 3, 4]), confidence=0.5)], {"bus": 2}, "auto")
    assert (sent["frame"], sent["label_id"], sent["source"], sent["points"]) == (3, 2, "auto", [1.5, 2, 3, 4])
    assert {type(number) for number in sent["points"]} == {float}


def test_rectangles_become_boxes_of_their_frames_in_the_order_they_were_drawn():
    found = read(Drawn([shape(1, label=2, id=9), shape(1, id=4), shape(0)]), LABELS, 5)
    assert found.boxes == {0: [Box("car", 1, 2, 3, 4)], 1: [Box("car", 1, 2, 3, 4), Box("bus", 1, 2, 3, 4)]}
    assert found.problems == {}


def test_boxes_outside_and_inverted_are_handed_on_for_the_review():
    found = read(Drawn([shape(points=(-50, 900, 3, 2))]), LABELS, 5)
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
    found = read(Drawn([wrong, shape(1)]), LABELS, 5)
    assert said in found.problems[0]
    assert list(found.problems) == [0]
    assert list(found.boxes) == [1]


def test_a_full_turn_is_none():
    assert read(Drawn([shape(rotation=360.0)]), LABELS, 5).problems == {}


def test_a_track_is_a_problem_of_each_frame_from_its_first_to_where_it_left():
    left = Track(2, 1, [{"frame": 2}, {"frame": 4, "outside": True}])
    stays = Track(4, 1, [{"frame": 4}])
    assert set(read(Drawn(tracks=[left]), LABELS, 5).problems) == {2, 3}
    assert set(read(Drawn(tracks=[stays]), LABELS, 5).problems) == {4, 5}
    assert "a track" in read(Drawn(tracks=[stays]), LABELS, 5).problems[4]
