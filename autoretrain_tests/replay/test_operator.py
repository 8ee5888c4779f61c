"""The simulated operator: each kind of error has its verdict."""

import numpy as np
import pytest

from autoretrain_assets.boxes import Box
from autoretrain_assets.replay.operator import OperatorSettings, verdicts

PERFECT = OperatorSettings(miss_rate=0.0)
CAR = Box("car", 0, 0, 100, 100)


def seen(*predictions, truth=(CAR,), operator=PERFECT):
    return [
        (found["kind"], found["label"]) for found in verdicts(truth, predictions, operator, np.random.default_rng(0))
    ]


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        (Box("car", 0, 0, 100, 100, 0.9), []),
        (Box("bus", 0, 0, 100, 100, 0.9), [("wrong_class", "car")]),
        (Box("car", 0, 0, 100, 40, 0.9), [("bad_box", "car")]),
        (Box("car", 200, 200, 300, 300, 0.9), [("false_positive", "car"), ("missed", "car")]),
        (Box("car", 0, 0, 100, 100, 0.1), [("missed", "car")]),
    ],
)
def test_each_error_has_its_verdict(prediction, expected):
    assert seen(prediction) == expected


def test_a_second_box_on_one_object_is_a_false_positive():
    assert seen(Box("car", 0, 0, 100, 100, 0.9), Box("car", 2, 2, 100, 100, 0.8)) == [("false_positive", "car")]


def test_the_right_class_takes_the_object_before_a_nearer_one_of_another():
    truth = (CAR, Box("bus", 10, 0, 110, 100))
    assert seen(Box("bus", 2, 0, 102, 100, 0.9), Box("car", 4, 0, 104, 100, 0.8), truth=truth) == []


def test_an_operator_who_misses_everything_reports_nothing():
    assert seen(operator=OperatorSettings(miss_rate=1.0)) == []
