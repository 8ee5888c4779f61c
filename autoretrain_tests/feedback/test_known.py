"""What a day takes, batch by batch: one table, in which each event is found again."""

import json

import pytest

from autoretrain_assets.feedback import known
from autoretrain_assets.feedback.event import parse
from autoretrain_assets.feedback.known import Known
from autoretrain_assets.images import ImageFacts
from autoretrain_assets.schema import RAW_FEEDBACK, empty
from autoretrain_tests.hostile.case import fields, prediction, verdict

IMAGE = ImageFacts("jpg", 64, 48, phash=2**64 - 1, brightness=1.0, contrast=2.0, sharpness=3.0)


def add(day, name, **changes):
    day.add(parse(json.dumps(fields(name, **changes)).encode()), "0" * 64, IMAGE)


@pytest.fixture
def three(monkeypatch):
    """Three events of which two fill a batch; the second has no box."""
    monkeypatch.setattr(known, "BATCH", 2)
    day = Known(empty(RAW_FEEDBACK))
    add(day, "a", predictions=[prediction(x1=-1), prediction(x2=66, y2=49)])
    add(day, "b", predictions=[], verdicts=[])
    add(day, "c", verdicts=[verdict(kind="bad_box", label=None)], model_version="v0001")
    return day


def test_all_batches_are_one_table_in_order(three):
    table = three.added()

    assert table.schema == RAW_FEEDBACK
    assert table["event_id"].to_list() == ["a", "b", "c"]
    assert table["predictions"].list.len().to_list() == [2, 0, 1]
    assert table["verdicts"].to_list()[1:] == [[], [dict(verdict(kind="bad_box", label=None))]]


def test_boxes_are_clipped_to_their_image(three):
    first, second = three.added()["predictions"][0]

    assert (first["x1"], second["x2"], second["y2"]) == (0, 64, 48)


def test_each_is_found_again_before_and_after_its_batch_is_full(three):
    assert [three.find(name)["event_id"] for name in "abc"] == ["a", "b", "c"]
    assert three.find("c") == three.added().row(2, named=True)
    assert three.find("d") is None


def test_a_row_that_is_not_in_a_table_yet_says_what_the_table_will(three):
    before = [three.find(name) for name in "abc"]

    assert before == three.added().to_dicts()


def test_events_of_many_boxes_fill_a_batch_sooner(monkeypatch):
    monkeypatch.setattr(known, "BOXES", 5)
    sizes, table = [], known.Rows.table
    monkeypatch.setattr(known.Rows, "table", lambda rows: sizes.append(rows.boxes) or table(rows))
    day = Known(empty(RAW_FEEDBACK))
    for name in "abcdef":
        add(day, name, predictions=[prediction()] * 2, verdicts=[verdict()])

    assert day.added()["event_id"].to_list() == list("abcdef")
    assert max(sizes) <= 6


def test_an_event_that_comes_twice_costs_no_table_of_its_own(monkeypatch):
    made, table = [], known.Rows.table
    monkeypatch.setattr(known.Rows, "table", lambda rows: made.append(len(rows)) or table(rows))
    day = Known(empty(RAW_FEEDBACK))
    for name in "abcdefgh":
        add(day, name)
        assert day.find(name)["event_id"] == name

    assert day.added().height == sum(made) == 8
    assert len(made) == 1
