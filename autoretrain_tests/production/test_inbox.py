"""An event in a folder: whole, durable, and never in another one's place."""

import errno
import json
import os
import threading
from functools import partial
from pathlib import Path

import pytest

from autoretrain_assets.production import write_event

DAY = "2026-03-02"


def event(source="cam"):
    return {"event_id": "e1", "captured_at": f"{DAY}T10:00:00+00:00", "source": source}


def pairs(inbox):
    """Source and image of each event."""
    found = [json.loads(path.read_bytes()) for path in inbox.rglob("*.json")]
    return sorted((said["source"], (inbox / DAY / said["image"]).read_bytes()) for said in found)


def opened(handle):
    """The file or folder behind a handle."""
    return Path(f"/proc/self/fd/{handle}").readlink()


def at_once(*works):
    """Start all together, and wait for them."""
    barrier = threading.Barrier(len(works))
    threads = [threading.Thread(target=lambda work=work: (barrier.wait(), work())) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_that_write_one_id_at_once_lose_nothing(tmp_path):
    for number in range(40):
        inbox = tmp_path / str(number)
        inbox.mkdir()
        at_once(*(partial(write_event, inbox, event(name), name.encode()) for name in "ab"))
        assert pairs(inbox) == [("a", b"a"), ("b", b"b")]


def test_a_name_that_is_taken_in_the_last_moment_is_left_to_whoever_took_it(tmp_path, monkeypatch):
    link = Path.hardlink_to

    def late(path, target):
        monkeypatch.undo()
        write_event(tmp_path, event("first"), b"first")
        link(path, target)

    monkeypatch.setattr(Path, "hardlink_to", late)
    write_event(tmp_path, event("second"), b"second")
    assert pairs(tmp_path) == [("first", b"first"), ("second", b"second")]


def test_many_that_write_the_same_event_write_one(tmp_path):
    at_once(*[lambda: write_event(tmp_path, event(), b"image")] * 4)
    assert sorted(path.name for path in (tmp_path / DAY).iterdir()) == ["e1.jpg", "e1.json"]


def test_where_no_file_can_be_linked_another_event_still_keeps_its_place(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", fail)
    for name in "aab":
        write_event(tmp_path, event(name), name.encode())
    assert pairs(tmp_path) == [("a", b"a"), ("b", b"b")]
    assert len(list((tmp_path / DAY).iterdir())) == 4


@pytest.mark.parametrize("is_first", [True, False])
def test_an_events_name_is_on_the_disk_too_and_that_of_its_day(tmp_path, monkeypatch, is_first):
    if not is_first:
        write_event(tmp_path, event("earlier"), b"earlier")
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(opened(handle)))
    write_event(tmp_path, event(), b"image")
    assert [path for path in flushed if path.is_dir()] == [tmp_path / DAY, tmp_path][: 2 if is_first else 1]


def test_an_inbox_that_is_gone_is_not_made_for_a_volume_may_not_be_mounted(tmp_path):
    with pytest.raises(FileNotFoundError, match="the inbox is gone: make its folder, or mount it"):
        write_event(tmp_path / "inbox", event(), b"image")
    assert list(tmp_path.iterdir()) == []


def test_an_inbox_that_goes_while_it_is_written_to_is_not_made(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "is_dir", lambda _: True)
    with pytest.raises(FileNotFoundError):
        write_event(tmp_path / "inbox", event(), b"image")
    assert list(tmp_path.iterdir()) == []


def test_a_share_that_flushes_no_folder_takes_events_all_the_same(tmp_path, monkeypatch):
    def fsync(handle):
        if opened(handle).is_dir():
            raise OSError(errno.EINVAL, "not for folders")

    monkeypatch.setattr(os, "fsync", fsync)
    write_event(tmp_path, event(), b"image")
    assert pairs(tmp_path) == [("cam", b"image")]
