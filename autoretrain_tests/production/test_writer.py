"""The thread behind the client: production never waits for it, and what it cannot send is kept or counted."""

import errno
import logging
import threading
import time

import pytest

from autoretrain_assets.production import FeedbackClient, writer
from autoretrain_assets.production.buffer import Buffer
from autoretrain_assets.production.image import Picture
from autoretrain_assets.production.tally import Tally
from autoretrain_tests.production.sending import IMAGE, SURE, Catching, Hanging, accounted, kept, report, written


def test_events_wait_in_the_buffer_while_the_inbox_is_away_and_follow_when_it_is_back(tmp_path, inbox, client):
    report(client)
    assert client.flush()
    inbox.rename(tmp_path / "elsewhere")
    report(client, 3)
    assert not client.flush(0.3)
    assert len(kept(tmp_path)) == 3
    (tmp_path / "elsewhere").rename(inbox)
    assert client.flush()
    assert (client.counts["sent"], client.losses, kept(tmp_path)) == (4, {}, [])
    assert len(written(inbox)) == 4


def test_the_inbox_is_found_again_without_being_asked_for(tmp_path, inbox, client, monkeypatch):
    monkeypatch.setattr(writer, "FIRST_PAUSE", 0.05)
    inbox.rmdir()
    report(client, 2)
    until = time.monotonic() + 20
    while len(kept(tmp_path)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    inbox.mkdir()
    while client.counts.get("sent") != 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(written(inbox)) == 2


def test_what_another_process_leaves_in_a_shared_buffer_is_found_in_time(tmp_path, inbox, monkeypatch):
    monkeypatch.setattr(writer, "LONGEST_PAUSE", 0.05)
    with FeedbackClient(inbox, "cam", buffer=tmp_path / "buffer") as client:
        assert client.flush()
        event = {"event_id": "left", "captured_at": "2026-03-02T10:00:00+00:00"}
        Buffer(tmp_path / "buffer", 10_000, Tally()).put(event, b"image", ".jpg")
        until = time.monotonic() + 20
        while not written(inbox) and time.monotonic() < until:
            time.sleep(0.01)
    assert [event["event_id"] for event in written(inbox)] == ["left"]


def test_an_event_that_never_gets_through_does_not_hold_up_the_others(client, monkeypatch):
    monkeypatch.setattr(writer, "FIRST_PAUSE", 0.01)
    client._writer._sender = sender = Catching()
    sender.is_away = True
    for name in ("stuck", "a", "b"):
        report(client, event_id=name)
    assert not client.flush(0.3)
    sender.is_away, sender.stuck = False, "stuck"
    assert not client.flush(1)
    assert {event["event_id"] for event in sender.events} == {"a", "b"}


def test_a_missing_inbox_is_never_made(tmp_path, inbox, client):
    inbox.rmdir()
    report(client)
    assert not client.flush(0.2)
    assert not inbox.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.ESTALE])
def test_an_inbox_that_cannot_be_written_is_away(tmp_path, inbox, client, monkeypatch, code):
    def fail(*_):
        raise OSError(code, "it cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr("autoretrain_assets.production.senders.write_event", fail)
        report(client, 3)
        assert not client.flush(0.3)
    assert client.flush()
    assert (len(written(inbox)), client.losses) == (3, {})


def test_a_name_that_the_inbox_can_never_take_does_not_stop_the_others(inbox, client, monkeypatch):
    def fail(*_):
        raise OSError(errno.EINVAL, "no such name here")

    with monkeypatch.context() as patch:
        patch.setattr("autoretrain_assets.production.senders.write_event", fail)
        report(client)
        assert client.flush()
    report(client)
    assert client.flush()
    assert (len(written(inbox)), client.losses) == (1, {"refused": 1})


def test_a_sender_that_hangs_stops_nobody_and_what_finds_no_room_is_counted(caught):
    client, _ = caught(random_rate=1, max_wait_seconds=0.02)
    client._writer._sender = hanging = Hanging()
    slowest = 0.0
    for _ in range(writer.QUEUE_ITEMS + 10):
        began = time.perf_counter()
        report(client)
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 1
    assert client.losses == {"queue_full": 10}
    hanging.let_go.set()
    assert client.flush()
    assert accounted(client) == writer.QUEUE_ITEMS + 10


def test_the_queue_is_bounded_in_bytes_too(caught, monkeypatch):
    monkeypatch.setattr(writer, "QUEUE_BYTES", 3 * IMAGE.nbytes)
    client, _ = caught(random_rate=1, max_wait_seconds=0)
    client._writer._sender = hanging = Hanging()
    report(client, 5)
    assert client.losses == {"queue_full": 2}
    hanging.let_go.set()


def test_a_client_that_is_closed_while_its_sender_hangs_leaves_its_events_in_the_buffer(tmp_path, client):
    client._writer._sender = hanging = Hanging()
    report(client, 3)
    client.close(0.1)
    assert len(kept(tmp_path)) == 3
    report(client)
    assert client.losses == {"closed": 1}
    hanging.let_go.set()


def test_a_client_closes_in_its_time_however_long_its_images_take(client, monkeypatch):
    def slowly(picture, encoded=Picture.encoded):
        time.sleep(0.1)
        return encoded(picture)

    monkeypatch.setattr(Picture, "encoded", slowly)
    monkeypatch.setattr(writer, "LEAST_SECONDS", 0.2)
    client._writer._sender = sender = Catching()
    sender.is_away = True
    report(client, 40)
    start = time.monotonic()
    client.close(0.3)
    assert time.monotonic() - start < 2
    assert client.losses["closing"] > 20


def test_without_a_buffer_what_cannot_be_sent_is_lost_and_counted(tmp_path):
    with FeedbackClient(tmp_path / "nowhere", "cam", random_rate=1) as client:
        report(client, 3)
        assert client.flush()
        assert client.losses == {"away": 3}


def test_a_buffer_that_cannot_be_written_loses_and_counts(tmp_path):
    (tmp_path / "file").touch()
    with FeedbackClient(tmp_path / "nowhere", "cam", random_rate=1, buffer=tmp_path / "file" / "buffer") as client:
        report(client, 2)
        client.flush(0.2)
        client.close()
        assert client.losses == {"buffer_unwritable": 2}


def test_an_error_that_nobody_foresaw_costs_nothing_of_the_buffer(tmp_path, inbox, client):
    inbox.rmdir()
    report(client, 3)
    assert not client.flush(0.3)
    client._writer._sender.send = lambda *_: 1 / 0
    assert not client.flush(0.3)
    assert (len(kept(tmp_path)), client.losses) == (3, {})
    client._writer._sender = Catching()
    assert client.flush()
    assert (client.counts["sent"], client.losses) == (3, {})


def test_an_error_that_nobody_foresaw_costs_one_event_and_not_the_thread(caught):
    client, _ = caught(random_rate=1)
    client._writer._sender.send = lambda *_: 1 / 0
    report(client)
    assert client.flush()
    client._writer._sender = Catching()
    report(client)
    assert client.flush()
    assert (client.counts["sent"], client.losses) == (1, {"unexpected": 1})


def test_a_reason_is_logged_once_and_not_for_each_event(caught, caplog):
    client, _ = caught(random_rate=1)
    with caplog.at_level(logging.WARNING, "autoretrain"):
        for _ in range(50):
            client.report(None, SURE)
    assert client.losses == {"image": 50}
    assert len(caplog.records) == 1


def test_a_log_that_breaks_breaks_nothing(caught, monkeypatch):
    client, events = caught(random_rate=1)
    monkeypatch.setattr("autoretrain_assets.production.tally.LOG.warning", lambda *_, **__: 1 / 0)
    client.report(None, SURE)
    client._writer._sender.is_away = True
    report(client)
    assert client.flush()
    client._writer._sender.is_away = False
    client._writer._retry_at = 0.0
    report(client)
    assert client.flush()
    assert (len(events), client.losses) == (1, {"image": 1, "away": 1})


def test_the_caller_neither_encodes_nor_flushes_to_disk(inbox, client, monkeypatch):
    found = set()
    for place in ("image._png", "inbox.os.fsync"):
        monkeypatch.setattr(
            f"autoretrain_assets.production.{place}", lambda *_: found.add(threading.current_thread().name) or b""
        )
    report(client)
    assert client.flush()
    assert found == {"feedback"}


def test_where_the_system_has_no_thread_for_a_while_events_wait_for_one(tmp_path, inbox, monkeypatch):
    def refused(_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as short:
        short.setattr(threading.Thread, "start", refused)
        client = FeedbackClient(inbox, "cam", random_rate=1, buffer=tmp_path / "buffer")
        report(client)
        assert not client.flush(0.1)
    report(client)
    assert client.flush()
    client.close()
    assert (client.counts["sent"], client.losses) == (2, {})


def test_a_client_may_be_closed_however_long_that_takes(caught):
    client, _ = caught(random_rate=1)
    client._writer._sender.send = lambda *_: time.sleep(0.2)
    report(client, 2)
    client.close(float("inf"))
    assert (client.counts["sent"], client.losses) == (2, {})
