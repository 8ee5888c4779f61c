import pytest

from autoretrain_assets.config.settings import Evaluation
from autoretrain_assets.evaluation.calibration import calibration_error
from autoretrain_tests.evaluation.test_metrics import box, predictions_of, truth_of


def test_who_is_as_sure_as_right_has_no_error():
    truth = truth_of([box()], [], [box()], [])
    sure = [box(confidence=0.5)]
    assert calibration_error(truth, predictions_of(sure, sure, sure, sure), Evaluation()) == pytest.approx(0.0)


def test_who_is_sure_and_wrong_has_all_of_it():
    truth = truth_of([], [])
    assert calibration_error(truth, predictions_of([box(confidence=0.9)], []), Evaluation()) == pytest.approx(0.9)


def test_bins_weigh_by_their_boxes():
    truth = truth_of([box()], [], [], [])
    wrong, right = [box(confidence=0.4)], [box(confidence=1.0)]
    error = calibration_error(truth, predictions_of(right, wrong, wrong, wrong), Evaluation())
    assert error == pytest.approx(3 * 0.4 / 4)


def test_who_shows_nothing_has_none():
    assert calibration_error(truth_of([box()]), predictions_of([]), Evaluation()) is None
