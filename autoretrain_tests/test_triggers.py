"""When a retraining is due."""

from datetime import date

import pytest

from autoretrain_assets.config.settings import Retrain
from autoretrain_assets.triggers import Waiting, retraining_due

RULES = Retrain(min_new_labels=100, min_new_labels_on_drift=30)
NIGHT = [date(2026, 3, 5)]


@pytest.mark.parametrize(
    ("labels", "drift", "trigger"),
    [
        (99, [], None),
        (100, [], "labels"),
        (29, NIGHT, None),
        (30, NIGHT, "drift"),
        (100, NIGHT, "drift"),
        (0, [], None),
    ],
)
def test_enough_labels_or_drift_with_fewer(labels, drift, trigger):
    assert retraining_due(Waiting(labels, labels, drift), RULES).trigger == trigger


def test_the_reason_names_the_numbers_and_the_days():
    assert retraining_due(Waiting(12, 9, []), RULES).why == "12 new labelled images: 100 are needed"
    assert "2026-03-05" in retraining_due(Waiting(40, 30, NIGHT), RULES).why


def test_labels_of_test_scenes_alone_train_nothing():
    assert retraining_due(Waiting(200, 0, NIGHT), RULES).trigger is None
    assert "none to train on" in retraining_due(Waiting(200, 0, []), RULES).why
