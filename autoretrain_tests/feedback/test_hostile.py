"""Files that a careless or hostile producer leaves in the inbox: nothing is lost, leaked or stopped by them."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from PIL import Image

from autoretrain_assets.feedback import intake
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.production import write_event
from autoretrain_tests.feedback.test_intake import NOW, RULES, Desk, event, jpeg

FIRST = date(2026, 1, 1)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def send(desk, name, **changes):
    path = desk.inbox / f"{name}.json"
    path.write_text(json.dumps(event(name, **changes)))
    return path


def run_all(desk):
    for day in list(pending(desk.inbox, FIRST, NOW, RULES)):
        desk.run(day=day)


def test_an_event_that_names_another_as_its_image_does_not_take_it_away(desk):
    send(desk, "a", image="b.json")
    send(desk, "b", image="b.jpg", captured_at="2026-03-03T10:00:00Z")
    (desk.inbox / "b.jpg").write_bytes(jpeg())

    run_all(desk)

    assert desk.table["event_id"].to_list() == ["b"]
    assert len(desk.reasons()) == 1


def test_a_jpeg_with_further_pictures_is_its_first(desk):
    pictures = [Image.fromarray(np.full((48, 64, 3), shade, dtype=np.uint8)) for shade in (10, 200)]
    buffer = io.BytesIO()
    pictures[0].save(buffer, "MPO", save_all=True, append_images=pictures[1:])
    write_event(desk.inbox, event(), buffer.getvalue())

    run_all(desk)

    assert desk.table["brightness"].to_list() == [pytest.approx(10, abs=2)]


def test_the_same_event_with_other_images_is_kept_for_each(desk):
    for seed in (1, 2, 3):
        write_event(desk.inbox, event(), jpeg(seed))
        run_all(desk)

    assert sorted(path.read_bytes() for path in desk.quarantine.rglob("e1.jpg")) == sorted([jpeg(2), jpeg(3)])


def test_what_took_a_taken_files_name_is_not_discarded(desk):
    path = write_event(desk.inbox, event(), jpeg())
    receipt = desk.receive()
    path.write_text(json.dumps(event("e9", image="e1.jpg")))

    intake.discard(receipt, RULES)
    run_all(desk)

    assert sorted(desk.table["event_id"]) == ["e1", "e9"]
    assert desk.left() == []


def test_an_event_of_the_coming_day_waits_for_it(desk):
    evening = datetime(2026, 3, 4, 23, 59, tzinfo=UTC)
    write_event(desk.inbox, event(captured_at="2026-03-05T00:01:00Z"), jpeg())

    assert pending(desk.inbox, FIRST, evening, RULES) == {}
    assert list(pending(desk.inbox, FIRST, evening + timedelta(minutes=2), RULES)) == [date(2026, 3, 5)]


def test_what_no_day_of_a_closed_past_can_hold_goes_to_its_last_day(desk):
    last = date(2026, 3, 2)
    send(desk, "late", image="late.jpg", captured_at="2026-03-03T10:00:00Z")
    (desk.inbox / "torn.json").write_text("{")
    send(desk, "good", image="good.jpg", captured_at="2026-03-02T23:59:59Z")

    found = pending(desk.inbox, FIRST, NOW, RULES, last)

    assert list(found) == [last]
    good, late, torn = found[last]
    assert (good.path.stem, good.refusal) == ("good", None)
    assert late.refusal == "captured_at: 2026-03-03 lies after days.last, 2026-03-02"
    assert "Invalid JSON" in torn.refusal


def test_what_was_accepted_stays_a_duplicate_when_the_classes_change(desk):
    write_event(desk.inbox, event(), jpeg())
    desk.receive()
    files = pending(desk.inbox, FIRST, NOW, RULES)[date(2026, 3, 2)]

    receipt = intake.receive(files, desk.table, desk.frames, desk.quarantine, RULES, ["bus"], NOW)

    assert (receipt.table.height, receipt.duplicates, desk.reasons()) == (1, 1, [])


def test_boxes_are_clipped_within_the_tolerance(desk):
    box = {"label": "car", "confidence": 0.5, "x1": -2, "y1": -1.5, "x2": 66, "y2": 50}
    write_event(desk.inbox, event(predictions=[box]), jpeg(size=(64, 48)))

    run_all(desk)

    (kept,) = desk.table["predictions"][0]
    assert (kept["x1"], kept["y1"], kept["x2"], kept["y2"]) == (0, 0, 64, 48)


def test_the_client_keeps_two_events_of_one_id_apart(desk):
    write_event(desk.inbox, event(), jpeg(1))
    write_event(desk.inbox, event(source="other"), jpeg(2))
    write_event(desk.inbox, event(), jpeg(1))

    run_all(desk)

    assert desk.table["source"].to_list() == ["cam"]
    assert "was used before" in desk.reasons()[0]


@pytest.mark.parametrize("changes", [{"event_id": ".x"}, {"event_id": "../x"}, {"captured_at": "2026-03-02T10:00:00"}])
def test_the_client_refuses_what_intake_could_not_find(desk, changes):
    with pytest.raises(ValueError, match=r"event_id|captured_at"):
        write_event(desk.inbox, event() | changes, jpeg())

    assert desk.left() == []
