"""Several processes: forked, killed and started again, or at one inbox and one buffer together."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from autoretrain_assets.production import FeedbackClient
from autoretrain_assets.production.buffer import Buffer
from autoretrain_assets.production.senders import Away
from autoretrain_assets.production.tally import Tally
from autoretrain_tests.production.sending import IMAGE, SURE, Catching, written

REPORTING = """
import json, sys, time
import numpy as np
from autoretrain_assets.production import FeedbackClient
from autoretrain_assets.production.buffer import Buffer
from autoretrain_assets.production.senders import Away
from autoretrain_assets.production.tally import Tally
inbox, buffer, times, mode = sys.argv[1:]
client = FeedbackClient(inbox, "cam", random_rate=1, buffer=buffer, max_wait_seconds=60)
image = np.zeros((48, 64, 3), np.uint8)
for number in range(int(times)):
    client.report(image, [])
if mode == "killed":
    print(client.flush(1), flush=True)
    time.sleep(600)
if mode == "flush":
    client.flush(30)
    print(json.dumps([client.counts, client.losses]))
"""


def reporting(inbox, buffer, times, mode):
    command = [sys.executable, "-c", REPORTING, str(inbox), str(buffer), str(times), mode]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def in_child(work):
    """What `work` answers in a forked child."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        answer = file.read()
    os.waitpid(child, 0)
    return json.loads(answer)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forking with threads, which is what is tested
def test_after_a_fork_both_sides_send_and_neither_sends_the_others(inbox, tmp_path):
    with FeedbackClient(inbox, "cam", random_rate=1, buffer=tmp_path / "buffer", max_wait_seconds=60) as client:
        for _ in range(30):
            client.report(IMAGE, SURE)

        def work():
            client.report(IMAGE, SURE)
            return client.flush(30), client.counts["reported"], client.counts["sent"], client.losses

        assert in_child(work) == [True, 1, 1, {}]
        client.report(IMAGE, SURE)
        assert client.flush(30)
        assert (client.counts["sent"], len(written(inbox))) == (31, 32)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_while_a_lock_is_held_leaves_the_child_free(inbox):
    with FeedbackClient(inbox, "cam", random_rate=1) as client:

        def work():
            client.report(IMAGE, SURE)
            return client.flush(30), client.losses

        with client._writer._changed, client._tally._lock:
            assert in_child(work) == [True, {}]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_while_an_event_is_sent_in_vain_does_not_keep_it_from_being_sent(tmp_path):
    buffer = Buffer(tmp_path, 1000, Tally())
    buffer.put({"event_id": "e1"}, b"image", ".jpg")
    [entry] = buffer.entries()
    child = []

    def forked(*_):
        child.append(os.fork())
        if child[0] == 0:
            time.sleep(60)
            os._exit(0)
        raise Away("not now.")

    with pytest.raises(Away):
        buffer.pass_on(entry, forked)
    try:
        assert buffer.pass_on(entry, Catching().send)
    finally:
        os.kill(child[0], signal.SIGKILL)
        os.waitpid(child[0], 0)


@pytest.mark.parametrize(("seed", "is_alike"), [(None, False), (3, True)])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_forked_processes_draw_each_their_own_unless_there_is_a_seed(inbox, seed, is_alike):
    with FeedbackClient(inbox, "cam", seed=seed) as client:
        drawn = [in_child(client._random.random) for _ in range(2)]
        assert (drawn[0] == drawn[1] == client._random.random()) is is_alike


@pytest.mark.slow
def test_a_process_that_ends_sends_what_it_has_queued(inbox, tmp_path):
    assert reporting(inbox, tmp_path / "buffer", 20, "just end").wait(60) == 0
    assert len(written(inbox)) == 20


@pytest.mark.slow
def test_a_process_that_starts_again_sends_what_a_killed_one_left(inbox, tmp_path):
    inbox.rmdir()
    process = reporting(inbox, tmp_path / "buffer", 5, "killed")
    assert process.stdout.readline() == "False\n"
    process.kill()
    process.communicate()
    inbox.mkdir()
    with FeedbackClient(inbox, "cam", buffer=tmp_path / "buffer") as client:
        until = time.monotonic() + 30
        while client.counts.get("sent") != 5 and time.monotonic() < until:
            time.sleep(0.02)
    assert len(written(inbox)) == 5


@pytest.mark.slow
def test_processes_share_an_inbox_and_a_buffer_and_every_event_is_sent_once(inbox, tmp_path):
    inbox.rename(tmp_path / "away")
    processes = [reporting(inbox, tmp_path / "buffer", 40, "flush") for _ in range(4)]
    until = time.monotonic() + 60
    while len(list((tmp_path / "buffer").glob("*.event"))) < 40 and time.monotonic() < until:
        time.sleep(0.02)
    (tmp_path / "away").rename(inbox)
    told = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert [losses for _, losses in told] == [{}] * 4
    assert sum(counts.get("sent", 0) for counts, _ in told) == len(written(inbox)) == 160
