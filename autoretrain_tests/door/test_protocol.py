"""Connections that hold on: each is ended in time, and what it may keep in memory is bounded."""

import socket
import threading
import time
from contextlib import contextmanager

import psutil
import pytest
import uvicorn

from autoretrain_assets.door import protocol
from autoretrain_assets.door.app import build
from autoretrain_tests.door.asking import picture
from autoretrain_tests.door.serving import TOKEN, body, fields, request
from autoretrain_tests.homes import laid_out

pytestmark = pytest.mark.slow
SECONDS = 1.0
PATIENCE = 30
SMALL = 4096
"""Bytes that the kernel may hold for a side that does not read: less than the page at /docs."""
ASKED = b"GET /docs HTTP/1.1\r\nHost: door\r\n\r\n"


@contextmanager
def listening(home):
    """The real server in a thread, with little patience; answers its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        config = uvicorn.Config(build(home, TOKEN), http=protocol.patient(SECONDS), ws="none", log_level="critical")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return laid_out(tmp_path_factory.mktemp("door") / "home", "door.min_free_bytes=0", "door.request_seconds=0.5")


@pytest.fixture(scope="module")
def port(home):
    with listening(home) as port:
        yield port


def ends(connection):
    """What still came before the other side ended it."""
    came = b""
    connection.settimeout(PATIENCE)
    try:
        while got := connection.recv(65_536):
            came += got
    except ConnectionError:
        pass
    return came


def drip(connection, word):
    """Send it again and again until the other side has had enough; answers what that said."""
    until = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < until:
            connection.sendall(word)
            time.sleep(0.05)
    except ConnectionError:
        return ends(connection)
    raise AssertionError("the server never had enough")


@contextmanager
def slow_reader(port):
    """A connection that takes in little unless it is read."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", port))
        yield connection


@pytest.mark.parametrize("word", [b"", b"G", b"\r\n", b"GET / HTTP/1.1\r\nA: "])
def test_a_head_that_does_not_come_ends_the_connection(port, word):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(word)
        assert ends(connection) == b""


@pytest.mark.parametrize("word", [b"\r\n", b"A: b\r\n"])
def test_a_head_that_drips_ends_the_connection(port, word):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"" if word == b"\r\n" else b"GET /health HTTP/1.1\r\n")
        drip(connection, word)


@pytest.mark.parametrize("word", [b"x" * 70_000, b"A: b\r\n" * 12_000])
def test_a_long_head_is_refused(port, word):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nB: " + word)
        assert ends(connection).startswith(b"HTTP/1.1 400")


def test_a_body_that_does_not_come_is_told_so(port, home):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request(body(fields(), picture()))[:-100])
        assert ends(connection).startswith(b"HTTP/1.1 408")
    assert list(home.inbox.rglob("*.json")) == []


def test_a_body_that_was_refused_may_not_drip_for_ever(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /events HTTP/1.1\r\nHost: door\r\nContent-Length: 100000\r\n\r\n")
        assert drip(connection, b"x").startswith(b"HTTP/1.1 401")


def test_a_body_in_chunks_is_refused_and_its_trailers_are_not_waited_for(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n")
        assert ends(connection).startswith(b"HTTP/1.1 411")


def test_a_body_longer_than_it_said_is_one_request_and_no_second(port, home):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request(body(fields("long"), picture())) + b"\x16\x03 what is this")
        came = ends(connection)
    assert b"HTTP/1.1 400" in came
    assert len(list(home.inbox.rglob("*.json"))) <= 1


def test_a_sender_that_hangs_up_leaves_nothing(port, home):
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request(body(fields("gone"), picture()))[:-100])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request(body(fields("whole"), picture())))
        assert connection.recv(20).startswith(b"HTTP/1.1 202")
    assert [path.name for path in sorted(home.inbox.rglob("whole*"))] == ["whole.jpg", "whole.json"]
    assert list(home.inbox.rglob("gone*")) == []


def test_more_connections_than_are_kept_are_ended(port, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 3)
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
    try:
        assert ends(connections[-1]) == b""
    finally:
        for connection in connections:
            connection.close()


def test_requests_far_ahead_of_their_answers_end_the_connection_and_are_not_kept(port):
    process = psutil.Process()
    before = process.memory_info().rss
    with slow_reader(port) as connection:
        drip(connection, ASKED * 1000)
    assert process.memory_info().rss - before < 50_000_000


def test_two_requests_at_once_have_two_answers(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(ASKED * 2)
        assert ends(connection).count(b"HTTP/1.1 200") == 2


def test_answers_that_are_not_read_end_the_connection(port, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_AHEAD", 9)
    with slow_reader(port) as connection:
        for _ in range(4):
            connection.sendall(ASKED)
            time.sleep(0.1)
        time.sleep(2 * SECONDS)
        assert ends(connection).count(b"</html>") < 3
