"""Boxes: conversions that undo each other, and overlap."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.boxes import from_yolo, iou, to_yolo

corner = st.floats(0, 1000, allow_nan=False)


@given(st.lists(st.tuples(corner, corner, corner, corner), max_size=20), st.integers(1, 4000), st.integers(1, 4000))
def test_yolo_and_back_is_the_same_box(corners, width, height):
    boxes = np.array(corners, dtype=np.float64).reshape(-1, 4)

    np.testing.assert_allclose(from_yolo(to_yolo(boxes, width, height), width, height), boxes, atol=1e-6)


def test_iou_of_known_pairs():
    left = np.array([[0, 0, 10, 10], [5, 5, 5, 5]], dtype=np.float64)
    right = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]], dtype=np.float64)

    np.testing.assert_allclose(iou(left, right), [[1, 1 / 3, 0], [0, 0, 0]])


def test_iou_of_nothing_has_the_shape_of_nothing():
    assert iou(np.empty((0, 4)), np.zeros((3, 4))).shape == (0, 3)
