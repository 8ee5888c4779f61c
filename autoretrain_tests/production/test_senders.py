"""The door over HTTP: what each answer means for the event."""

import email
import email.policy
import json
import re
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from autoretrain_assets.production import FeedbackClient
from autoretrain_assets.production.senders import Away, HttpSender, Refused, sender_to
from autoretrain_tests.production.sending import IMAGE, SURE

EVENT = {"event_id": "e1", "captured_at": "2026-03-02T10:00:00+00:00"}


class Door:
    """Answers as it is told and keeps what it was sent."""

    def __init__(self):
        self.codes, self.headers, self.requests, self.reads = [202], {}, [], 2**30
        self.says = self.named

    def named(self, content):
        """What a door answers to a request."""
        found = re.search(rb'"event_id": *"([^"]*)"', content)
        return json.dumps({"event_id": found[1].decode() if found else None}).encode()


@contextmanager
def opened(door):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(min(int(self.headers["Content-Length"]), door.reads))
            door.requests.append((self.path, dict(self.headers), body))
            self.send_response(door.codes.pop(0) if len(door.codes) > 1 else door.codes[0])
            for name, value in door.headers.items():
                self.send_header(name, value)
            content = door.says(body)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(ConnectionError):  # of whoever reads no further
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def door():
    return Door()


@pytest.fixture
def address(door):
    with opened(door) as address:
        yield address


def parts(request):
    _, headers, body = request
    message = email.message_from_bytes(
        b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP
    )
    return {part.get_param("name", header="content-disposition"): part for part in message.iter_parts()}


@pytest.mark.slow
def test_an_event_is_posted_in_two_parts_with_the_token(door, address, monkeypatch):
    monkeypatch.setenv("AUTORETRAIN_TOKEN", "secret")
    image = b"\xff\xd8\r\n--\x00\xff\xd9"
    HttpSender(address + "/").send(EVENT, image, ".jpg")
    [request] = door.requests
    assert (request[0], request[1]["Authorization"]) == ("/events", "Bearer secret")
    found = parts(request)
    assert json.loads(found["event"].get_payload(decode=True)) == EVENT
    assert found["event"].get_content_type() == "application/json"
    assert found["image"].get_payload(decode=True) == image
    assert (found["image"].get_content_type(), found["image"].get_filename()) == ("image/jpeg", "image.jpg")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "outcome"),
    [(200, None), (202, None)]
    + [(code, Away) for code in (301, 401, 403, 404, 405, 408, 429, 500, 503)]
    + [(code, Refused) for code in (400, 409, 413, 415, 422)],
)
def test_an_answer_is_taken_for_now_or_for_ever(door, address, code, outcome):
    door.codes = [code]
    if outcome is None:
        HttpSender(address).send(EVENT, b"image", ".png")
    else:
        with pytest.raises(outcome, match=str(code)):
            HttpSender(address).send(EVENT, b"image", ".png")


@pytest.mark.slow
@pytest.mark.parametrize("code", [200, 202])
@pytest.mark.parametrize(
    "answer",
    [
        b"<html>Welcome to the airport. Accept our terms.</html>",
        b"",
        b"{}",
        b"[]",
        b"7",
        b"\xff",
        b'{"event_id": "e2"}',
    ],
)
def test_who_does_not_name_the_event_has_not_taken_it(door, address, code, answer):
    door.codes, door.says = [code], lambda _: answer
    with pytest.raises(Away, match=f"answered {code} without the event's id"):
        HttpSender(address).send(EVENT, b"image", ".png")


@pytest.mark.slow
def test_an_answer_without_an_end_is_read_no_further_than_a_door_would_speak(door, address):
    door.says = lambda _: b" " * 50_000_000
    with pytest.raises(Away, match="without the event's id"):
        HttpSender(address).send(EVENT, b"image", ".png")


@pytest.mark.slow
def test_a_redirect_is_not_followed_for_it_would_lose_the_event_and_give_the_token_away(door, address):
    stranger = Door()
    with opened(stranger) as elsewhere:
        door.codes, door.headers = [302], {"Location": f"{elsewhere}/events"}
        with pytest.raises(Away):
            HttpSender(address).send(EVENT, b"image", ".png")
    assert stranger.requests == []


@pytest.mark.slow
def test_a_pause_that_is_asked_for_is_made(door, address):
    door.codes, door.headers = [503], {"Retry-After": "7"}
    with pytest.raises(Away) as caught:
        HttpSender(address).send(EVENT, b"image", ".png")
    assert caught.value.seconds == 7


@pytest.mark.slow
def test_an_answer_that_comes_before_the_whole_body_went_is_heard(door, address):
    door.codes, door.reads = [413], 100
    with pytest.raises(Refused, match="413"):
        HttpSender(address).send(EVENT, b"\0" * 20_000_000, ".png")


@pytest.mark.parametrize("token", ["sec\nret", "s\u00e9cret", "sec\0ret", "sec\tret"])
def test_a_token_that_no_header_may_hold_is_said_at_once_and_not_told(monkeypatch, token):
    monkeypatch.setattr("os.environ", {"AUTORETRAIN_TOKEN": token})
    with pytest.raises(ValueError, match="AUTORETRAIN_TOKEN") as caught:
        HttpSender("http://127.0.0.1:1")
    assert "ret" not in str(caught.value).replace("AUTORETRAIN_TOKEN", "")


def test_a_line_break_at_a_tokens_end_is_no_part_of_it(monkeypatch):
    monkeypatch.setenv("AUTORETRAIN_TOKEN", "secret\r\n")
    assert HttpSender("http://127.0.0.1:1")._token.endswith("secret")


@pytest.mark.parametrize(
    "address",
    [
        "http://user:secret@host:8000",
        "HTTPS://user:secret@host",
        "ftp://user:secret@host",
        " http://user:secret@host",
        "http://user@secret:port",
        "http://",
        "http://host/a b",
        "http://host/\r\nX: secret",
        "http://host/secr\u00e9t",
        "http://host?token=secret",
        "http://host#secret",
        f"http://{'secret' * 12}",
        "http://[secret",
    ],
)
def test_an_address_that_nothing_can_be_sent_to_is_said_at_once_and_not_told(address):
    with pytest.raises(ValueError, match="inbox") as caught:
        sender_to(address)
    assert "secret" not in str(caught.value)


@pytest.mark.slow
def test_a_door_that_nobody_opens_is_away():
    with opened(Door()) as address:
        pass
    with pytest.raises(Away):
        HttpSender(address).send(EVENT, b"image", ".png")


@pytest.mark.slow
def test_what_a_busy_door_put_off_is_sent_again_and_what_it_refused_is_counted(door, address, tmp_path):
    door.codes = [503, 429, 202, 422, 202]
    with FeedbackClient(address, "cam", random_rate=1, buffer=tmp_path / "buffer") as client:
        client.report(IMAGE, SURE)
        assert not client.flush(0.3)
        assert client.flush(20)
        client.report(IMAGE, SURE)
        client.report(IMAGE, SURE)
        assert client.flush(20)
        assert (client.counts["sent"], client.losses) == (2, {"refused": 1})
    bodies = [json.loads(parts(request)["event"].get_payload(decode=True)) for request in door.requests]
    assert len({body["event_id"] for body in bodies}) == 3


@pytest.mark.slow
@pytest.mark.parametrize("code", [401, 404, 308])
def test_a_mistake_that_passes_costs_nothing_of_the_buffer(door, address, tmp_path, code):
    door.codes = [code]
    with FeedbackClient(address, "cam", random_rate=1, buffer=tmp_path / "buffer") as client:
        for _ in range(3):
            client.report(IMAGE, SURE)
        assert not client.flush(0.3)
        door.codes = [202]
        assert client.flush(20)
        assert (client.counts["sent"], client.losses) == (3, {})
