"""A kill at any write, then a second run: the same table, the same quarantine, the same inbox."""

import json
import os
import sys
from datetime import date

import polars as pl
import pytest

from autoretrain_assets.feedback import intake
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.files import write_parquet
from autoretrain_assets.production import write_event
from autoretrain_assets.schema import RAW_FEEDBACK, empty
from autoretrain_tests.feedback.test_intake import CLASSES, NOW, RULES, event, jpeg

DAYS = [date(2026, 3, 2), date(2026, 3, 3)]
WRITES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate"}


class Killed(BaseException):
    """What a process that is gone cannot catch."""


class Killer:
    """Counts what is written below a folder; from the write `at` on, none happens any more."""

    def __init__(self):
        self.root, self.at, self.count = None, None, 0
        sys.addaudithook(self.hook)

    def hook(self, name, arguments):
        if self.root is None or not self.is_write(name, arguments) or not str(arguments[0]).startswith(self.root):
            return
        self.count += 1
        if self.at is not None and self.count >= self.at:
            raise Killed

    @staticmethod
    def is_write(name, arguments):
        return name in WRITES or (name == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))

    def run(self, root, at, work):
        """Do the work; returns whether it was killed."""
        self.root, self.at, self.count = str(root), at, 0
        try:
            work()
        except Killed:
            return True
        finally:
            self.root = None
        return False


@pytest.fixture(scope="module")
def killer():
    return Killer()


def fill(root):
    inbox = root / "inbox"
    inbox.mkdir(parents=True)
    first = write_event(inbox, event("e1"), jpeg(1))
    shared = event("e2", image="e1.jpg", captured_at="2026-03-03T10:00:00Z")
    (first.parent / "e2.json").write_text(json.dumps(shared))
    (first.parent / "again.json").write_text(json.dumps(event("e1", image="e1.jpg")))
    (first.parent / "clash.json").write_text(json.dumps(event("e1", image="e1.jpg", source="other")))
    write_event(inbox, event("broken"), b"no image")


def run(root):
    frames, quarantine = Frames(root / "frames"), root / "quarantine"
    for day in DAYS:
        files = pending(root / "inbox", date(2026, 1, 1), NOW, RULES).get(day, [])
        file = root / f"{day}.parquet"
        table = pl.read_parquet(file) if file.exists() else empty(RAW_FEEDBACK)
        receipt = intake.receive(files, table, frames, quarantine, RULES, CLASSES, NOW)
        write_parquet(file, receipt.table)
        intake.discard(receipt, RULES)


def state(root):
    tables = [pl.read_parquet(root / f"{day}.parquet").to_dicts() for day in DAYS]
    kept = {
        str(path.relative_to(root)): path.read_bytes()
        for part in ("inbox", "quarantine", "frames")
        for path in sorted((root / part).rglob("*"))
        if path.is_file() and not (path.name.startswith(".") and path.name.endswith(".tmp"))
    }
    return tables, kept


def test_a_kill_at_any_write_changes_nothing_in_the_end(tmp_path, killer):
    fill(tmp_path / "whole")
    assert not killer.run(tmp_path / "whole", None, lambda: run(tmp_path / "whole"))
    writes, (tables, kept) = killer.count, state(tmp_path / "whole")
    assert [[row["event_id"] for row in table] for table in tables] == [["e1"], ["e2"]]
    assert sum(name.endswith("reason.json") for name in kept) == 2
    assert not [name for name in kept if name.startswith("inbox")]

    for at in range(1, writes + 1):
        root = tmp_path / f"killed-{at}"
        fill(root)
        assert killer.run(root, at, lambda root=root: run(root)), at
        run(root)
        assert state(root) == (tables, kept), f"killed at write {at} of {writes}"
