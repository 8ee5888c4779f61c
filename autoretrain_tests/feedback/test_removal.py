"""A producer that uses a name again just while intake removes it: whenever it comes, its event is taken in."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.feedback import intake, removal
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.production import write_event
from autoretrain_tests.feedback.test_hostile import run_all
from autoretrain_tests.feedback.test_intake import Desk, event, jpeg

DAY = "2026-03-02"


class Resending:
    """At the step number `at` on a file of the inbox, somebody else comes in between."""

    STEPS = ("os.rename", "os.remove", "os.link", "os.listdir", "os.scandir", "open")

    def __init__(self):
        self.inbox, self.at, self.count, self.between = None, 0, 0, None
        sys.addaudithook(self.hook)

    def hook(self, name, arguments):
        if self.inbox is None or name not in self.STEPS or not str(arguments[0]).startswith(str(self.inbox)):
            return
        self.count += 1
        if self.count == self.at:
            inbox, self.inbox = self.inbox, None
            self.between(inbox)
            self.inbox = inbox

    def run(self, inbox, at, work, between):
        """Do the work; returns whether it had that step."""
        self.inbox, self.at, self.count, self.between = inbox, at, 0, between
        try:
            work()
        finally:
            self.inbox = None
        return self.count >= at


@pytest.fixture(scope="module")
def resending():
    return Resending()


def send(inbox, name, seed):
    """The image, then the event, each renamed into its place, as a producer that knows but one name."""
    folder = inbox / DAY
    folder.mkdir(parents=True, exist_ok=True)
    said = json.dumps(event(name, image="latest.jpg")).encode()
    for file, content in (("latest.jpg", jpeg(seed)), ("latest.json", said)):
        (folder / ".new").write_bytes(content)
        (folder / ".new").replace(folder / file)


def test_an_event_that_takes_the_name_of_one_that_is_removed_is_never_lost(tmp_path, resending):
    at, had_the_step = 0, True
    while had_the_step:
        at += 1
        desk = Desk(tmp_path / str(at))
        send(desk.inbox, "first", seed=1)
        had_the_step = resending.run(
            desk.inbox, at, lambda desk=desk: run_all(desk), lambda inbox: send(inbox, "second", seed=2)
        )
        run_all(desk)
        assert not had_the_step or "second" in desk.table["event_id"].to_list(), f"lost at step {at}"
        assert list((desk.inbox / DAY).iterdir()) == []
        assert desk.reasons() == []
    assert at > 5


def test_an_event_that_is_sent_again_while_it_is_removed_keeps_its_image(tmp_path, monkeypatch):
    """Sent again by who was never told that it had arrived: without its image it would be refused, and is accepted."""
    inbox, journals = tmp_path / "inbox", tmp_path / "journals"
    inbox.mkdir()
    write_event(inbox, event("e1"), jpeg(1))
    days = pending(inbox, date(2026, 1, 1), datetime(2026, 3, 3, tzinfo=UTC), Feedback())
    with monkeypatch.context() as killed:
        killed.setattr(removal, "still_needed", _killed)
        with pytest.raises(KeyboardInterrupt):
            removal.remove(days[date.fromisoformat(DAY)], journals, Feedback())
    link = Path.hardlink_to

    def late(path, target):
        if path.suffix == ".json":
            removal.resume(journals, Feedback())
        link(path, target)

    monkeypatch.setattr(Path, "hardlink_to", late)
    write_event(inbox, event("e1"), jpeg(1))
    assert sorted(path.name for path in (inbox / DAY).iterdir()) == ["e1.jpg", "e1.json"]


def _killed(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("in_between", ["the producer", "intake"])
def test_an_event_that_is_sent_again_while_it_is_removed_stays_accepted_and_is_not_refused(
    tmp_path, resending, in_between
):
    at, had_the_step = 0, True
    while had_the_step:
        at += 1
        desk = Desk(tmp_path / str(at))
        again, judged = (lambda desk=desk: write_event(desk.inbox, event(), jpeg())), (lambda desk=desk: run_all(desk))
        again()
        work, between = (judged, again) if in_between == "the producer" else (again, judged)
        had_the_step = resending.run(desk.inbox, at, work, lambda _, between=between: between())
        run_all(desk)
        assert desk.table["event_id"].to_list() == ["e1"], f"step {at}"
        assert (desk.reasons(), desk.left()) == ([], []), f"step {at}"
    assert at > 3


@pytest.mark.parametrize("content", ["", "[]", '{"events": [["a", []]], "images": []}', '{"events": 3}'])
def test_a_journal_that_is_damaged_is_named_with_its_way_out_which_works(tmp_path, content):
    desk = Desk(tmp_path)
    write_event(desk.inbox, event(), jpeg())
    journal = desk.quarantine / intake.JOURNALS / "1.json"
    journal.parent.mkdir(parents=True)
    journal.write_text(content)
    with pytest.raises(IntegrityError, match=r"1\.json is damaged \(.*\): remove it"):
        run_all(desk)
    journal.unlink()
    run_all(desk)
    assert (desk.table["event_id"].to_list(), desk.left()) == (["e1"], [])
