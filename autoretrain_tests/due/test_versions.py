"""The version that is due: one that was cut off is finished first, and what an owner overtook is left alone."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from autoretrain_assets import due
from autoretrain_assets.commands import runs
from autoretrain_assets.commands.status import status
from autoretrain_assets.config import parse_settings
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.schema import DRIFT, conform
from autoretrain_assets.store import artifacts
from autoretrain_assets.triggers import Waiting
from autoretrain_tests.contract.damaging import damage, remove
from autoretrain_tests.homes import DAY, NEXT, SHA256, commit_version, decide, label, laid_out
from autoretrain_tests.tables import annotation, box


@pytest.fixture
def home(tmp_path):
    return laid_out(tmp_path / "home", "retrain.min_new_labels=3", "retrain.min_new_labels_on_drift=2")


@pytest.fixture
def founded(home, tmp_path):
    """A home whose first version is in production, and a second one of one more image."""
    label(home, annotation("a"))
    commit_version(home, "v0001", tmp_path)
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "first", "owner")
    label(home, annotation("b"), day=NEXT)
    commit_version(home, "v0002", tmp_path)
    return home


def alarmed(home, day=DAY, alarm=True):
    row = dict.fromkeys(DRIFT) | {"source": "cam", "feature": "brightness", "alarm": alarm}
    home.drift_report.write(day, conform(pl.DataFrame([row]), DRIFT))


def coming(home):
    found = due.retraining(home)
    return found.version, found.verdict.trigger


def test_without_a_label_the_first_version_waits(home):
    assert coming(home) == ("v0001", None)
    assert due.retraining(home).verdict.why == "0 new labelled images: 3 are needed"
    assert due.last_decision(home) is None


def test_labels_count_once_they_are_enough(home):
    label(home, annotation("a"), annotation("b", seconds=500))
    assert coming(home) == ("v0001", None)
    label(home, annotation("a"), annotation("b", seconds=500), annotation("c", seconds=900))
    assert coming(home) == ("v0001", "labels")


def test_what_is_held_back_asks_for_no_version(home):
    rows = [annotation(name, seconds=500 * at) for at, name in enumerate("abc")]
    label(home, rows[0] | {"boxes": [box("cow")]}, *rows[1:])
    assert due.waiting(home) == Waiting(2, 2, [])
    assert [one.split(":")[0] for one in due.held_back(home)] == ["proposed class cow"]
    label(home, *(row | {"quality": 0.7} for row in rows))
    assert due.waiting(home) == Waiting(0, 0, [])
    assert [one.split(":")[0] for one in due.held_back(home)] == ["blocked day 2026-03-02"]
    label(home, *rows)
    assert due.waiting(home) == Waiting(3, 3, [])
    assert list(due.held_back(home)) == []


def test_labels_that_were_written_before_the_later_columns_count_as_ever(home):
    label(home, annotation("a"), annotation("b", seconds=500))
    path = home.annotations.path(DAY)
    pl.read_parquet(path).drop("job", "seconds").write_parquet(path)
    label(home, annotation("c", seconds=900) | {"job": "7", "seconds": 60.0}, day=NEXT)
    assert due.waiting(home) == Waiting(3, 3, [])
    assert due.labels(home).rows.sort("sha256")["seconds"].to_list() == [None, None, 60.0]
    assert list(home.annotations.damaged()) == []


def test_in_drift_alarm_fewer_are_enough(home):
    label(home, annotation("a") | {"captured_at": datetime(2025, 3, 2, 12, tzinfo=UTC)})
    alarmed(home)
    assert due.waiting(home) == Waiting(1, 1, [DAY])
    assert coming(home) == ("v0001", None)
    row = annotation("b", source="other") | {"captured_at": datetime(2025, 3, 2, 13, tzinfo=UTC)}
    label(home, row, day=NEXT)
    assert coming(home) == ("v0001", "drift")
    alarmed(home, alarm=False)
    assert coming(home) == ("v0001", None)


def test_what_a_version_has_is_not_new(founded):
    decide(founded, "v0002", "hold", "v0001")
    assert due.waiting(founded) == Waiting(0, 0, [])
    assert coming(founded) == ("v0003", None)


def test_a_label_that_was_corrected_counts_as_new_until_a_version_has_it(founded, tmp_path):
    decide(founded, "v0002", "hold", "v0001")
    label(founded, annotation("b", boxes=[]), day=NEXT)
    assert due.waiting(founded) == Waiting(1, 1, [], corrected=1)
    assert due.retraining(founded).verdict.why == "1 new labelled image (1 of them corrected): 3 are needed"
    commit_version(founded, "v0003", tmp_path)
    assert due.waiting(founded) == Waiting(0, 0, [])


def test_a_version_without_a_decision_is_finished_first(founded):
    assert coming(founded) == ("v0002", "unfinished")
    assert due.retraining(founded).verdict.why == "v0002 has no decision yet"


def test_a_promotion_that_was_not_carried_out_is_due(founded):
    decide(founded, "v0002", "promote", "v0001")
    assert coming(founded) == ("v0002", "unfinished")
    registry.promote(founded.store, "v0002", SHA256, "better", "gate", instead_of="v0001")
    assert coming(founded) == ("v0003", None)


def test_a_first_model_that_was_not_released_is_due(home, tmp_path):
    label(home, annotation("a"))
    commit_version(home, "v0001", tmp_path)
    decide(home, "v0001", "promote", None)
    assert coming(home) == ("v0001", "unfinished")


def test_a_promotion_that_production_overtook_by_hand_is_not_due(founded):
    decide(founded, "v0002", "promote", "v0001")
    registry.promote(founded.store, "by-hand", SHA256, "I know better", "owner")
    assert coming(founded) == ("v0003", None)


def test_a_promotion_that_was_rolled_back_is_not_due(founded):
    decide(founded, "v0002", "promote", "v0001")
    registry.promote(founded.store, "v0002", SHA256, "better", "gate", instead_of="v0001")
    registry.promote(founded.store, "v0001", SHA256, "it blinks", "owner")
    assert coming(founded) == ("v0003", None)


def test_the_last_decision_is_when_it_was_made(founded):
    decide(founded, "v0002", "hold", "v0001")
    assert timedelta(seconds=-2) < datetime.now(UTC) - due.last_decision(founded) < timedelta(minutes=1)


def relabelled(home, _tmp_path):
    label(home, annotation("c"), day=DAY)


def another_version(home, tmp_path):
    label_stamp = home.annotations.stamp()
    commit_version(home, "v0003", tmp_path)
    assert home.annotations.stamp() == label_stamp


def decided(home, _tmp_path):
    decide(home, "v0002", "hold", "v0001")


def moved_by_hand(home, _tmp_path):
    registry.promote(home.store, "by-hand", SHA256, "I know better", "owner")


@pytest.mark.parametrize("change", [relabelled, lambda home, _: alarmed(home), another_version, decided, moved_by_hand])
def test_whatever_may_make_a_retraining_due_is_seen(founded, tmp_path, change):
    before = due.labelled_so_far(founded)
    assert due.labelled_so_far(founded) == before
    change(founded, tmp_path)
    assert due.labelled_so_far(founded) != before


def test_a_changed_setting_is_seen(home):
    settings = parse_settings("dataset: {classes: [car, bus, person]}\nretrain: {min_new_labels: 1}\n")
    assert due.labelled_so_far(Home(home.root, settings)) != due.labelled_so_far(home)


def test_a_damaged_decision_is_told_and_keeps_no_later_version_waiting(founded):
    damage(founded.store, "v0001/decision.json", remove, "models")
    found = due.retraining(founded)
    assert (found.version, found.verdict.trigger) == ("v0002", "unfinished")
    assert "lost the object" in found.lost


def promised(home, version, champion):
    """A decision to promote whose evaluation the store lost."""
    decision = {"outcome": "promote", "champion": champion, "reasons": ["it is better"], "verdicts": []}
    files = {"record.json": {"weights_sha256": SHA256}, "decision.json": decision}
    artifacts.put(home.store, version, {name: json.dumps(file).encode() for name, file in files.items()}, "torn")


def test_a_promotion_whose_evaluation_is_gone_is_told_and_stops_nothing(founded, tmp_path):
    promised(founded, "v0002", "v0001")
    found = due.retraining(founded)
    assert (found.version, found.verdict.trigger) == ("v0003", None)
    assert found.lost.startswith("v0002 was to be released, but its evaluation is gone")
    assert "`autoretrain promote v0002" in found.lost
    said = list(runs.run_due(founded.root))
    assert said[-2:] == [f"damaged: {found.lost}", "no retraining: 0 new labelled images: 3 are needed"]
    told = list(status(founded.root, datetime.now(UTC)))
    assert f"damaged: {found.lost}" in told

    label(founded, annotation("c"), day=NEXT + timedelta(days=1))
    commit_version(founded, "v0003", tmp_path)
    assert due.retraining(founded).lost == found.lost
    decide(founded, "v0003", "hold", "v0001")
    assert due.retraining(founded).lost is None


def test_a_released_version_needs_its_evaluation_no_more(founded):
    promised(founded, "v0002", "v0001")
    registry.promote(founded.store, "v0002", SHA256, "I know better", "owner")
    assert due.retraining(founded).lost is None
