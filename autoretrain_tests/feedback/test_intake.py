"""Intake: every event ends in the day's table or in quarantine, never in neither, never in both."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from PIL import Image

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback import intake
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.production import write_event
from autoretrain_assets.schema import RAW_FEEDBACK, empty

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 5, tzinfo=UTC)
RULES = Feedback()
CLASSES = ["car", "bus"]


def jpeg(seed=0, size=(64, 48)):
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG")
    return buffer.getvalue()


def event(name="e1", **changes):
    fields = {
        "event_id": name,
        "captured_at": "2026-03-02T10:00:00+00:00",
        "source": "cam",
        "trigger": "operator",
        "predictions": [{"label": "car", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}],
        "verdicts": [{"kind": "missed", "label": "bus", "x1": 5, "y1": 5, "x2": 30, "y2": 30}],
    }
    return fields | changes


class Desk:
    """An inbox and what intake made of it."""

    def __init__(self, root):
        self.inbox, self.quarantine, self.frames = root / "inbox", root / "quarantine", Frames(root / "frames")
        self.table = empty(RAW_FEEDBACK)
        self.inbox.mkdir(parents=True)

    def receive(self, *, day=DAY, keep_table=True):
        files = pending(self.inbox, date(2026, 1, 1), NOW, RULES).get(day, [])
        receipt = intake.receive(files, self.table, self.frames, self.quarantine, RULES, CLASSES, NOW)
        if keep_table:
            self.table = receipt.table
        return receipt

    def run(self, **more):
        receipt = self.receive(**more)
        intake.discard(receipt, RULES)
        return receipt

    def reasons(self):
        return [json.loads(path.read_text())["reason"] for path in sorted(self.quarantine.rglob("reason.json"))]

    def left(self):
        return sorted(path.name for path in self.inbox.rglob("*") if path.is_file())


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_valid_event_is_a_row_its_image_is_kept_and_the_inbox_is_empty(desk):
    write_event(desk.inbox, event(), jpeg())

    receipt = desk.run()

    row = desk.table.row(0, named=True)
    assert (receipt.accepted, row["event_id"], row["width"], row["height"]) == (1, "e1", 64, 48)
    assert row["captured_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert desk.frames.path(row["sha256"]).read_bytes() == jpeg()
    assert desk.left() == []


@pytest.mark.parametrize(
    ("when", "reason"),
    [("2031-01-01T00:00:00Z", "future"), ("1999-01-01T00:00:00Z", "days.first")],
)
def test_a_time_outside_the_calendar_is_refused_on_the_day_of_arrival(desk, when, reason):
    write_event(desk.inbox, event(captured_at=when), jpeg())
    (day,) = pending(desk.inbox, date(2026, 1, 1), NOW, RULES)

    desk.run(day=day)

    assert date(2026, 1, 1) <= day <= NOW.date()
    assert reason in desk.reasons()[0]
    assert desk.left() == []
    assert [path.read_bytes() for path in desk.quarantine.rglob("e1.jpg")] == [jpeg()]


def test_bytes_after_a_jpegs_end_are_cut(desk):
    write_event(desk.inbox, event(), jpeg() + b"maker's notes")

    desk.run()

    assert desk.frames.path(desk.table["sha256"][0]).read_bytes() == jpeg()


def test_the_same_event_twice_is_one_event(desk):
    write_event(desk.inbox, event(), jpeg())
    desk.run()
    write_event(desk.inbox, event(), jpeg())

    receipt = desk.run()

    assert (receipt.accepted, receipt.duplicates, desk.table.height) == (0, 1, 1)
    assert desk.reasons() == []


def test_the_same_id_for_something_else_is_refused(desk):
    write_event(desk.inbox, event(), jpeg())
    desk.run()
    write_event(desk.inbox, event(source="other"), jpeg())

    desk.run()

    assert desk.table.height == 1
    assert "was used before" in desk.reasons()[0]


def test_two_events_may_share_an_image_file(desk):
    first = write_event(desk.inbox, event("e1"), jpeg())
    next_day = event("e2", image="e1.jpg", captured_at="2026-03-03T10:00:00Z")
    (first.parent / "e2.json").write_text(json.dumps(next_day))

    desk.run()
    assert desk.left() == ["e1.jpg", "e2.json"]
    desk.run(day=date(2026, 3, 3))

    assert sorted(desk.table["event_id"]) == ["e1", "e2"]
    assert desk.left() == []


def test_killed_before_the_table_was_written(desk):
    write_event(desk.inbox, event("e1"), jpeg())
    desk.receive(keep_table=False)

    desk.run()

    assert desk.table["event_id"].to_list() == ["e1"]


def test_killed_after_the_table_was_written_and_before_the_inbox_was_emptied(desk):
    write_event(desk.inbox, event("e1"), jpeg())
    desk.receive()

    receipt = desk.run()

    assert (receipt.duplicates, desk.table.height, desk.reasons(), desk.left()) == (1, 1, [], [])


def test_killed_between_the_quarantine_and_the_removal(desk, monkeypatch):
    write_event(desk.inbox, event(), b"no image")
    with monkeypatch.context() as patch:
        patch.setattr(type(desk.inbox), "unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.run()

    desk.run()

    assert len(desk.reasons()) == 1
    assert desk.left() == []


def test_what_is_being_written_is_passed_over(desk):
    (desk.inbox / ".half.json").write_text("{")

    assert pending(desk.inbox, date(2026, 1, 1), NOW, RULES) == {}


def test_a_late_clock_within_the_skew_counts_as_today(desk):
    soon = (NOW + timedelta(seconds=60)).isoformat()
    write_event(desk.inbox, event(captured_at=soon), jpeg())

    assert list(pending(desk.inbox, date(2026, 1, 1), NOW, RULES)) == [NOW.date()]
