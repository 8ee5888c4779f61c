"""The door as a process: what it needs to start, how it ends, and what is left when it is killed."""

import random
import signal
import socket
import threading
import time
from collections import Counter

import httpx
import pytest
import uvicorn

from autoretrain_assets.door import server
from autoretrain_assets.door.server import serve
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.event import parse
from autoretrain_tests.door.asking import picture
from autoretrain_tests.door.serving import PATIENCE, TOKEN, body, fields, headers, request, served
from autoretrain_tests.homes import DAY, laid_out, take_in

SENDERS, EVENTS, KILLS = 4, 1000, 8


@pytest.fixture
def home(tmp_path):
    return laid_out(tmp_path / "home", "door.min_free_bytes=0")


@pytest.mark.parametrize("token", [None, "", "  ", "clé", "a\nb"])
def test_without_a_token_it_does_not_start(home, monkeypatch, token):
    monkeypatch.delenv("AUTORETRAIN_TOKEN", raising=False)
    if token is not None:
        monkeypatch.setenv("AUTORETRAIN_TOKEN", token)

    with pytest.raises(InputError, match="AUTORETRAIN_TOKEN"):
        serve(home.root)


def test_a_token_that_can_be_guessed_is_refused_and_not_told(home, monkeypatch):
    monkeypatch.setenv("AUTORETRAIN_TOKEN", "secret-of-a-few")
    with pytest.raises(InputError, match=r"has 15 characters.*`openssl rand -hex 32`") as refused:
        serve(home.root)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "door.example", "::"])  # noqa: S104 - it is refused
def test_a_door_without_a_token_is_for_this_machine(home, host):
    with pytest.raises(InputError, match="--no-token"):
        serve(home.root, host, with_token=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_cannot_be_used_is_one_sentence(home, monkeypatch, host):
    monkeypatch.setenv("AUTORETRAIN_TOKEN", TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InputError, match=f"cannot listen at {host}"):
        serve(home.root, host, taken.getsockname()[1])


def test_a_public_address_without_tls_is_warned_of(home, monkeypatch):
    monkeypatch.setenv("AUTORETRAIN_TOKEN", TOKEN)
    monkeypatch.setattr(server, "_listening", lambda *_: socket.create_server(("127.0.0.1", 0)))
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: None)
    said = []
    server.serve(home.root, "192.0.2.1", say=said.append)
    assert said[1].startswith("warning: what is sent here can be read")


@pytest.mark.slow
def test_what_has_begun_to_arrive_is_answered_before_the_end(home):
    content = request(body(fields(), picture()))
    with served(home) as server, socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(content[:-50])
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(content[-50:])
        connection.settimeout(PATIENCE)
        assert connection.recv(20).startswith(b"HTTP/1.1 202")
        server.process.wait(PATIENCE)
    assert whole(home).keys() == {"e1"}


@pytest.mark.slow
def test_two_servers_on_one_inbox_agree(home):
    """Each id is sent as one of two events, several times, to both at once: one of the two is taken, once."""
    answers = Counter()

    def send(server, seed):
        order = random.Random(seed)
        with httpx.Client(base_url=server.url, headers=headers(), timeout=PATIENCE) as client:
            for number in order.choices(range(20), k=60):
                kind = order.choice("ab")
                content = body(fields(f"e{number}", source=kind), picture(seed=ord(kind)))
                answer = client.post("/events", content=content)
                answers[number, kind, answer.status_code] += 1

    with served(home) as one, served(home) as other:
        in_threads(send, [(one, 1), (one, 2), (other, 3), (other, 4)])

    for name, (event, image) in whole(home).items():
        number = int(name[1:])
        lost = "b" if event.source == "a" else "a"
        assert image == picture(seed=ord(event.source))
        assert answers[number, event.source, 202] == 1
        assert answers[number, lost, 202] == answers[number, lost, 200] == 0
    assert {status for _, _, status in answers} == {200, 202, 409}


@pytest.mark.slow
def test_what_was_answered_outlives_kills_at_random_moments(home):
    moments, answers = random.Random(0), {}
    waiting = [f"e{number}" for number in range(EVENTS)]
    image = picture(size=(320, 240))

    def send(server):
        with httpx.Client(base_url=server.url, headers=headers(), timeout=PATIENCE) as client:
            while waiting:
                name = waiting.pop()
                try:
                    answers[name] = client.post("/events", content=body(fields(name), image)).status_code
                except httpx.TransportError:
                    waiting.append(name)
                    return

    for kill in range(KILLS + 1):
        with served(home, signal_at_end=signal.SIGKILL) as server:
            senders = [threading.Thread(target=send, args=(server,)) for _ in range(SENDERS)]
            for sender in senders:
                sender.start()
            if kill < KILLS:
                time.sleep(moments.uniform(0.02, 0.3))
                assert waiting, "all was sent before the kill"
            else:
                in_time(senders)
        in_time(senders)
        assert answers.keys() <= whole(home).keys()

    assert set(answers.values()) <= {200, 202}
    assert whole(home).keys() == answers.keys() == {f"e{number}" for number in range(EVENTS)}
    take_in(home, DAY)
    assert home.raw_feedback.read(DAY).height == EVENTS


def in_threads(work, arguments):
    """Run the work for each of the arguments at once, and to its end."""
    threads = [threading.Thread(target=work, args=one) for one in arguments]
    for thread in threads:
        thread.start()
    in_time(threads)


def in_time(threads):
    """Wait for their ends."""
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def whole(home):
    """The events in the inbox by id, each with its image; raises where one is not whole."""
    events = [parse(path.read_bytes()) for path in home.inbox.rglob("*.json")]
    images = {path.name: path.read_bytes() for path in home.inbox.rglob("*.jpg")}
    assert len({event.event_id for event in events}) == len(events)
    for event in events:
        assert images[event.image].startswith(b"\xff\xd8")
        assert images[event.image].endswith(b"\xff\xd9")
    return {event.event_id: (event, images[event.image]) for event in events}
