"""Every hostile event and image through the inbox: accepted or in quarantine, and nothing beside it is harmed."""

import json
import time
from collections import defaultdict

import pytest

from autoretrain_tests.feedback.test_intake import Desk
from autoretrain_tests.hostile import parts
from autoretrain_tests.hostile.case import said
from autoretrain_tests.hostile.corpus import everything, light
from autoretrain_tests.hostile.desks import put, run_all

GOOD = {f"good-{day}": f"2026-03-0{day}T10:00:00Z" for day in range(1, 5)}


class Judged:
    """What became of the whole corpus, taken in at once."""

    def __init__(self, root):
        self.desk = Desk(root)
        for case in light():
            put(self.desk, case.name, *case.sent)
        for name, when in GOOD.items():
            put(self.desk, name, said(name, captured_at=when, source=name), parts.jpeg())
        self.began = time.monotonic()
        self.files = run_all(self.desk)
        self.seconds = time.monotonic() - self.began
        self.accepted = set(self.desk.table["event_id"])
        self.refused = defaultdict(list)
        for path in self.desk.quarantine.rglob("reason.json"):
            self.refused[json.loads(path.read_text())["file"]].append(path.parent)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    return Judged(tmp_path_factory.mktemp("corpus"))


def test_the_corpus_is_large_and_each_case_has_its_own_name():
    names = [case.name for case in everything()]
    assert len(names) >= 300
    assert len(set(names)) == len(names)


@pytest.mark.slow
@pytest.mark.parametrize("case", light(), ids=lambda case: case.name)
def test_a_case_is_accepted_or_refused_with_its_reason_and_kept_byte_for_byte(judged, case):
    folders = judged.refused[f"{case.name}.json"]
    if case.reason is None:
        assert (case.name in judged.accepted, folders) == (True, [])
        return
    assert case.name not in judged.accepted
    (folder,) = folders
    assert case.reason in json.loads((folder / "reason.json").read_text())["reason"]
    assert (folder / "event.json").read_bytes() == case.event
    images = [path for path in folder.iterdir() if path.name not in {"event.json", "reason.json"}]
    lay_beside = case.image is not None and "there is no file" not in case.reason
    assert [path.read_bytes() for path in images] == ([case.image] if lay_beside else [])


@pytest.mark.slow
def test_the_good_events_beside_them_are_accepted_unharmed(judged):
    assert GOOD.keys() <= judged.accepted
    assert judged.files == len(light()) + len(GOOD)


@pytest.mark.slow
def test_nothing_is_left_to_judge_and_running_again_changes_nothing(judged):
    before = judged.desk.table, sorted(judged.desk.quarantine.rglob("*"))
    assert not [name for name in judged.desk.left() if name.endswith(".json")]
    assert run_all(judged.desk) == 0
    assert judged.desk.table.equals(before[0])
    assert sorted(judged.desk.quarantine.rglob("*")) == before[1]


@pytest.mark.slow
def test_no_case_takes_long(judged):
    assert judged.seconds / judged.files < 0.2
