"""A producer that uses a name again just while intake removes it: whenever it comes, its event is taken in."""

import json
import sys

import pytest

from autoretrain_tests.feedback.test_hostile import run_all
from autoretrain_tests.feedback.test_intake import Desk, event, jpeg

DAY = "2026-03-02"


class Resending:
    """At the step number `at` on a file of the inbox, the producer writes its next event under the same name."""

    STEPS = ("os.rename", "os.remove", "os.link", "os.listdir", "os.scandir", "open")

    def __init__(self):
        self.inbox, self.at, self.count = None, 0, 0
        sys.addaudithook(self.hook)

    def hook(self, name, arguments):
        if self.inbox is None or name not in self.STEPS or not str(arguments[0]).startswith(str(self.inbox)):
            return
        self.count += 1
        if self.count == self.at:
            inbox, self.inbox = self.inbox, None
            send(inbox, "second", seed=2)
            self.inbox = inbox

    def run(self, inbox, at, work):
        """Do the work; returns whether it had that step."""
        self.inbox, self.at, self.count = inbox, at, 0
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
        had_the_step = resending.run(desk.inbox, at, lambda desk=desk: run_all(desk))
        run_all(desk)
        assert not had_the_step or "second" in desk.table["event_id"].to_list(), f"lost at step {at}"
        assert list((desk.inbox / DAY).iterdir()) == []
        assert desk.reasons() == []
    assert at > 5
