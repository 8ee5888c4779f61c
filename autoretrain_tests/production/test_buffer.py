"""The buffer of events that found the home away: bounded, shared, and nobody else's files are touched."""

import fcntl
import gc
import os
import threading
import time
from pathlib import Path

import pytest

from autoretrain_assets.production import FeedbackClient
from autoretrain_assets.production.buffer import Buffer
from autoretrain_assets.production.inbox import WRITING
from autoretrain_assets.production.tally import Tally, Unusable
from autoretrain_tests.production.sending import IMAGE, Catching, kept, report, written


def test_a_full_buffer_drops_its_oldest_and_counts_them(tmp_path, inbox):
    inbox.rmdir()
    size = 12_000
    with FeedbackClient(inbox, "cam", random_rate=1, buffer=tmp_path / "buffer", buffer_bytes=5 * size) as client:
        for name in range(20):
            report(client, event_id=f"e{name}")
        assert not client.flush(0.5)
        left = kept(tmp_path)
        assert 0 < sum(path.stat().st_size for path in left) <= 5 * size
        assert client.losses == {"buffer_full": 20 - len(left)}
        inbox.mkdir()
        assert client.flush()
        assert [event["event_id"] for event in written(inbox)] == sorted(f"e{n}" for n in range(20 - len(left), 20))


def test_a_long_absence_fills_no_memory(tmp_path, inbox):
    inbox.rmdir()
    with FeedbackClient(inbox, "cam", random_rate=1, buffer=tmp_path / "buffer", buffer_bytes=40_000) as client:
        report(client, 60)
        assert not client.flush(0.5)
        known = [path for path in gc.get_objects() if isinstance(path, Path) and path.suffix == ".event"]
        assert client.losses["buffer_full"] > 50
    assert len(known) < 20


def test_who_reports_never_waits_for_the_disk_that_a_flush_looks_at(tmp_path, inbox, monkeypatch):
    inbox.rmdir()
    with FeedbackClient(inbox, "cam", random_rate=0, buffer=tmp_path / "buffer") as client:
        client.verdict(IMAGE, "missed", (1, 1, 20, 20), "car")
        assert not client.flush(0.3)
        for place, name in ((Path, "exists"), (Path, "iterdir"), (os, "listdir"), (os, "scandir")):
            monkeypatch.setattr(place, name, _slowly(getattr(place, name), tmp_path / "buffer"))
        flush = threading.Thread(target=client.flush, args=(1,))
        flush.start()
        time.sleep(0.2)
        start = time.monotonic()
        client.verdict(IMAGE, "missed", (1, 1, 20, 20), "car")
        waited = time.monotonic() - start
        flush.join()
        monkeypatch.undo()
    assert waited < 0.3


def _slowly(look, folder):
    def slow(path, *more, **options):
        if str(path).startswith(str(folder)):
            time.sleep(0.6)
        return look(path, *more, **options)

    return slow


def test_an_event_larger_than_the_whole_buffer_is_lost_and_takes_no_other_with_it(tmp_path):
    tally = Tally()
    buffer = Buffer(tmp_path, 1000, tally)
    buffer.put({"event_id": "small"}, b"1" * 500, ".jpg")
    with pytest.raises(OSError, match="whole buffer"):
        buffer.put({"event_id": "large"}, b"1" * 1001, ".jpg")
    assert (len(buffer.entries()), tally.losses) == (1, {})


def test_an_entry_that_another_process_is_sending_is_neither_sent_nor_dropped(tmp_path):
    buffer = Buffer(tmp_path, 1000, Tally())
    for name in "ab":
        buffer.put({"event_id": name}, b"1" * 400, ".jpg")
    oldest, newer = buffer.entries()
    with oldest.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert not buffer.pass_on(oldest, Catching().send)
        buffer.put({"event_id": "c"}, b"1" * 400, ".jpg")
    assert oldest in buffer.entries()
    assert newer not in buffer.entries()


def test_a_flush_is_about_what_this_client_reported_and_not_what_others_left(tmp_path, inbox):
    others = Buffer(tmp_path / "buffer", 10**6, Tally())
    others.put({"event_id": "theirs"}, b"1", ".jpg")
    [theirs] = others.entries()
    with theirs.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with FeedbackClient(inbox, "cam", random_rate=1, buffer=tmp_path / "buffer") as client:
            report(client)
            assert client.flush(5)
            assert (len(written(inbox)), kept(tmp_path)) == (1, [theirs])


def test_a_flush_waits_for_its_own_that_another_process_is_sending(tmp_path, inbox):
    inbox.rmdir()
    with FeedbackClient(inbox, "cam", random_rate=1, buffer=tmp_path / "buffer") as client:
        report(client, 2)
        assert not client.flush(0.5)
        inbox.mkdir()
        with kept(tmp_path)[0].open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            assert not client.flush(0.5)
            assert len(written(inbox)) == 1
            fcntl.flock(file, fcntl.LOCK_UN)
        assert client.flush(5)
        assert (len(written(inbox)), client.counts["sent"], client.losses) == (2, 2, {})


def test_what_a_killed_process_left_half_written_in_the_buffer_goes_in_time(tmp_path):
    buffer = Buffer(tmp_path, 1000, Tally())
    for name, age in (("old", 7200), ("new", 0)):
        half = tmp_path / f"{WRITING}{name}.tmp"
        half.write_bytes(b"half")
        os.utime(half, (time.time() - age,) * 2)
    buffer.put({"event_id": "a"}, b"1", ".jpg")
    assert [path.name for path in tmp_path.glob(".*")] == [f"{WRITING}new.tmp"]


def test_what_others_keep_in_the_buffers_folder_is_neither_touched_nor_counted(tmp_path):
    others = [tmp_path / name for name in ("theirs.tmp", ".theirs.tmp", "theirs.log")]
    for path in others:
        path.write_bytes(b"1" * 5000)
        os.utime(path, (0, 0))
    (tmp_path / "1.event").mkdir()
    tally = Tally()
    buffer = Buffer(tmp_path, 1000, tally)
    for name in "abc":
        buffer.put({"event_id": name}, b"1" * 400, ".jpg")
    assert (len(buffer.entries()), tally.losses) == (2, {"buffer_full": 1})
    assert all(path.exists() for path in others)


def test_a_torn_file_in_the_buffer_is_counted_and_stops_nothing(tmp_path, inbox):
    (tmp_path / "buffer").mkdir()
    (tmp_path / "buffer" / "1-torn.event").write_bytes(b'{"event": {"event_')
    with FeedbackClient(inbox, "cam", random_rate=1, buffer=tmp_path / "buffer") as client:
        report(client)
        assert client.flush()
        assert (len(written(inbox)), client.losses, kept(tmp_path)) == (1, {"buffer_broken": 1}, [])


@pytest.mark.parametrize(
    "line", [b"[" * 100_000, b"7", b'{"event": 1, "suffix": ".jpg"}', b'{"event": {}, "suffix": []}']
)
def test_an_entry_that_is_no_event_goes(tmp_path, line):
    (tmp_path / "1.event").write_bytes(line + b"\nimage")
    buffer = Buffer(tmp_path, 10**6, Tally())
    with pytest.raises(Unusable):
        buffer.pass_on(tmp_path / "1.event", Catching().send)
    assert buffer.entries() == []
