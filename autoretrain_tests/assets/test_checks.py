"""What Dagster says of a day and of a version, beside what they hold."""

import dagster as dg
import polars as pl
import pytest

from autoretrain_assets.assets import checks, label_checks
from autoretrain_assets.loop import opened
from autoretrain_tests.homes import DAY, laid_out, send, take_in

SIDES = pl.DataFrame(
    {
        "group": ["a", "a", "b"],
        "split": ["train", "train", "test"],
        "boxes": [[{"label": "car"}], [{"label": "bus"}], [{"label": "car"}]],
    }
)


def evaluated(home):
    """Every check that a run left, by name."""
    with opened(home) as loop:
        records = loop.instance.get_event_records(dg.EventRecordsFilter(dg.DagsterEventType.ASSET_CHECK_EVALUATION))
        found = [record.event_log_entry.dagster_event.asset_check_evaluation_data for record in records]
        return {one.check_name: one for one in found}


def test_a_day_whose_events_were_mostly_refused_is_warned_of(tmp_path):
    home = laid_out(tmp_path / "home")
    send(home, "good")
    send(home, "bad", predictions=[{"label": "zebra", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 9, "y2": 9}])
    take_in(home, DAY)

    found = evaluated(home)
    assert found["day_has_events"].passed
    assert found["day_has_events"].description == f"{DAY}: 1 events were accepted."
    assert not found["quarantine_share"].passed
    assert found["quarantine_share"].description == (
        f"{DAY}: 1 of 2 new events were refused: 0.50; at most 0.1 is asked."
    )
    assert found["quarantine_share"].severity == dg.AssetCheckSeverity.WARN


def test_an_empty_day_is_warned_of(tmp_path):
    home = laid_out(tmp_path / "home")
    take_in(home, DAY)
    assert not evaluated(home)["day_has_events"].passed


def test_a_scene_on_both_sides_stops_the_run():
    torn = SIDES.with_columns(split=pl.Series(["train", "test", "test"]))
    assert checks.scenes_are_apart(SIDES).passed
    assert not checks.scenes_are_apart(torn).passed
    assert next(spec for spec in checks.LABELED_DATASET if spec.name == "scenes_are_apart").blocking


def test_a_class_without_objects_is_named():
    result = checks.every_class_is_there(SIDES, ["car", "bus"])
    assert not result.passed
    assert result.metadata["no object of"].value == "bus in test"
    assert result.description == "no object of bus in test."
    assert checks.every_class_is_there(SIDES, ["car"]).passed


@pytest.mark.parametrize(("error", "passed"), [(None, True), (0.1, True), (0.3, False)])
def test_calibration_is_a_warning(error, passed):
    assert checks.confidence_is_calibrated(error, 0.2).passed == passed


def test_a_result_tells_what_was_found_and_of_which_partition():
    [told] = checks.of("v0007", checks.confidence_is_calibrated(0.3, 0.2))
    assert told.description == "v0007: confidence is off by 0.30; at most 0.2 is asked."
    [told] = checks.of("v0007", checks.scenes_are_apart(SIDES))
    assert told.description == "v0007: 0 of 2 scenes stand on both sides."


def test_a_day_of_poor_labels_is_warned_of_and_one_that_nobody_measured_is_not():
    day = pl.DataFrame({"day": [DAY], "images": [9], "measured": [4], "quality": [0.7999], "blocked": [True]})
    poor = label_checks.labels_agree_with_known_answers(day, 0.8)
    assert (poor.passed, poor.description) == (False, "by 0.799, on 4 images; at least 0.8 is asked.")
    assert label_checks.labels_agree_with_known_answers(day.with_columns(blocked=False), 0.7).passed
    assert label_checks.labels_agree_with_known_answers(day.clear(), 0.8).passed
    assert not checks.no_day_is_blocked(day).passed
    assert checks.no_day_is_blocked(day).description == f"{DAY} of 1 measured day left out."
    assert checks.no_day_is_blocked(day.with_columns(blocked=False)).description == "none of 1 measured day left out."
    assert checks.no_day_is_blocked(day.clear()).description == "no day was measured."


def test_proposed_classes_are_warned_of():
    proposed = pl.DataFrame({"class": ["cow", "ox"], "boxes": [3, 1], "images": [2, 1]})
    assert label_checks.classes_are_known(proposed.clear()).description == "no class was proposed."
    assert label_checks.classes_are_known(proposed.clear()).passed
    warned = label_checks.classes_are_known(proposed)
    assert (warned.passed, warned.description) == (False, "2 proposed classes, 4 boxes in all: cow, ox.")


def test_answers_sent_back_count_against_all():
    assert label_checks.answers_sent_back(8, 2, 0.2).passed
    assert not label_checks.answers_sent_back(7, 3, 0.2).passed
    assert label_checks.answers_sent_back(0, 0, 0.0).passed
