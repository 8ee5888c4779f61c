"""A kill at any step between there and here, then a second pass: nothing is lost, and nothing is there twice."""

import threading
import uuid

import pytest

from autoretrain_assets.feedback.remote import storage
from autoretrain_tests.feedback.remotes import in_folder, in_memory
from autoretrain_tests.feedback.test_hostile import run_all
from autoretrain_tests.feedback.test_intake import Desk
from autoretrain_tests.feedback.test_kills import Killed, Killer

VERBS = ("ls", "info", "cat_file", "rm_file")


class Killing:
    """A file system of which the question number `at` is the last: killed before it, or once it is answered."""

    def __init__(self, files, at, after):
        self.files, self.at, self.after, self.count = files, at, after, 0

    def __getattr__(self, name):
        answer = getattr(self.files, name)
        return answer if name not in VERBS else lambda *args, **more: self.ask(answer, *args, **more)

    def ask(self, answer, *args, **more):
        self.count += 1
        if self.count == self.at and not self.after:
            raise Killed
        is_last = self.count == self.at  # others may ask meanwhile
        try:
            said = answer(*args, **more)
        except FileNotFoundError:
            if is_last:
                raise Killed from None
            raise
        if is_last:
            raise Killed
        return said


def fill(remote):
    remote.send("e1", seed=1)
    remote.say("e2", image="e1.jpg")
    remote.send("e1", "b", seed=1)
    remote.send("bad", "b", seed=4, trigger="none of them")


def outcome(desk, remote):
    run_all(desk)
    remote.drain(desk)  # it tidies what intake has emptied
    return {
        "rows": sorted(desk.table["event_id"]),
        "refused": [reason.partition(":")[0] for reason in desk.reasons()],
        "there": remote.left(),
        "here": [name for name in desk.left() if name not in {"lock", "home"}],
    }


WHOLE = {"rows": ["e1", "e2"], "refused": ["trigger"], "there": [], "here": []}


def goes_on(desk, remote, killed):
    """The next pass brings all to its end."""
    remote.drain(desk)
    assert outcome(desk, remote) == WHOLE, killed
    assert list((desk.inbox / ".remote").glob("*.json")) == []


@pytest.mark.slow
@pytest.mark.parametrize("taken_in_between", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_at_any_question_changes_nothing_in_the_end(tmp_path, monkeypatch, after, taken_in_between):
    plain, at, was_killed = storage._file_system, 0, True
    while was_killed:
        at += 1
        remote, desk = in_memory(uuid.uuid4().hex), Desk(tmp_path / str(at))
        fill(remote)
        killing = Killing(remote.files, at, after)
        monkeypatch.setattr(storage, "_file_system", lambda *_, files=killing: files)
        try:
            remote.drain(desk)
            was_killed = False
        except Killed:
            assert killing.count >= at  # others may be under way
        monkeypatch.setattr(storage, "_file_system", plain)
        if taken_in_between:
            run_all(desk)
        goes_on(desk, remote, f"killed at question {at}")
    assert at > 20


@pytest.mark.slow
@pytest.mark.parametrize("taken_in_between", [False, True])
def test_a_kill_at_any_write_changes_nothing_in_the_end(tmp_path, taken_in_between):
    killer, at, was_killed = Killer(), 0, True
    while was_killed:
        at += 1
        root = tmp_path / str(at)
        desk, remote = Desk(root), in_folder(root / "far")
        fill(remote)
        was_killed = killer.run(root, at, lambda desk=desk, remote=remote: remote.drain(desk))
        if taken_in_between:
            run_all(desk)
        goes_on(desk, remote, f"killed at write {at}")
    assert at > 20


def test_intake_at_work_beside_a_pass_loses_nothing(tmp_path, monkeypatch):
    remote, desk = in_memory(uuid.uuid4().hex), Desk(tmp_path)
    fill(remote)
    taken, turn = storage.Storage.remove, threading.Lock()

    def meanwhile(self, path, mark):
        with turn:  # runs of a day take turns
            run_all(desk)
        return taken(self, path, mark)

    monkeypatch.setattr(storage.Storage, "remove", meanwhile)
    remote.drain(desk)

    assert outcome(desk, remote) == WHOLE


def test_what_took_an_events_place_while_it_was_read_stays_for_the_next_pass(tmp_path, monkeypatch):
    remote, desk = in_memory(uuid.uuid4().hex), Desk(tmp_path)
    remote.send("e1", seed=1)
    read = storage.Storage.read

    def meanwhile(self, entry, limit):
        content = read(self, entry, limit)
        if entry.name == "e1.json" and content is not None and b"other" not in content:
            remote.send("e1", seed=2, event_id="e2", source="other")
        return content

    monkeypatch.setattr(storage.Storage, "read", meanwhile)
    remote.drain(desk)
    remote.drain(desk)
    remote.drain(desk)
    run_all(desk)

    assert "e2" in desk.table["event_id"].to_list()
    assert remote.left() == []
