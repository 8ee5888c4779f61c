"""Whatever is sent: never a failure of the door, never half an event, never a file outside the inbox."""

import io
import json
import struct
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from autoretrain_assets.feedback.event import parse
from autoretrain_tests.door.asking import door, picture
from autoretrain_tests.door.serving import body, fields, part

ANSWERS = {200, 202, 400, 401, 409, 411, 413, 415, 422}
NAMES = ["../x", "..", "/etc/x", "a/b", "a\\b", "x\0y", "x\n", ".x", "~", "é", "\u202e", "\ud800", "a" * 129, "", "CON"]
SENT = body(fields(), picture())


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return door(tmp_path_factory.mktemp("hostile") / "home", "feedback.max_event_bytes=200000")


def is_harmless(desk, answer):
    """The answer is one, and all events in the inbox are whole."""
    assert answer.status_code in ANSWERS, answer.text
    assert {path.name for path in desk.home.root.parent.iterdir()} == {"home"}
    lying = [path for path in desk.home.inbox.rglob("*") if path.is_file()]
    events = [path for path in lying if path.suffix == ".json"]
    images = {path.parent / parse(path.read_bytes()).image for path in events}
    assert images == set(lying) - set(events)


@given(at=st.integers(0, len(SENT)), gone=st.integers(0, 200), put=st.binary(max_size=200))
def test_any_damage_to_a_body(desk, at, gone, put):
    is_harmless(desk, desk.post(content=SENT[:at] + put + SENT[at + gone :]))


@given(content=st.binary(max_size=2000), kind=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0")))
def test_any_bytes_of_any_kind(desk, content, kind):
    encoded = f"multipart/form-data; boundary={kind}".encode("latin-1")
    is_harmless(desk, desk.post(content=content, **{"Content-Type": encoded}))


@given(
    changes=st.dictionaries(
        st.sampled_from([*fields(), "probability", "domain", "model_version", "verdicts", "image", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(NAMES),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
        max_size=3,
    )
)
def test_any_json_in_any_field(desk, changes):
    is_harmless(desk, desk.post(fields(**changes)))


@pytest.mark.parametrize("name", NAMES)
def test_an_id_that_leads_elsewhere(desk, name):
    answer = desk.post(json.dumps(fields(name)).encode())

    is_harmless(desk, answer)
    assert answer.status_code == (202 if name == "CON" else 422)


@pytest.mark.parametrize("name", [*NAMES, 'x"; name="event', "\\", "x" * 3000])
def test_a_file_name_that_leads_elsewhere_means_nothing(desk, name):
    disposition = b'; filename="' + name.encode("utf-8", "surrogatepass") + b'"'
    parts = part("event", json.dumps(fields()).encode()), part("image", picture(), disposition)

    is_harmless(desk, desk.post(content=b"".join(parts) + b"--a-boundary--\r\n"))


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 190_000,
        b'{"a":' * 30_000,
        b"NaN",
        b'{"probability": NaN, "trigger": "random"}',
        b'{"event_id": ' + b"9" * 100_000 + b"}",
        b'{"event_id": 1e400}',
        b'{"\\ud800": 1}',
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b"\0",
        b"",
        b'"' + b"x" * 190_000,
        json.dumps(fields()).encode("utf-16"),
        json.dumps(fields(predictions=[{}] * 9000)).encode(),
    ],
    ids=range(14),
)
def test_json_of_any_depth_and_kind(desk, content):
    answer = desk.post(content)

    is_harmless(desk, answer)
    assert answer.status_code == 422
    assert len(answer.content) < 1000


def bomb():
    """A PNG of few bytes that says it has 10^10 pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT"


def gif():
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20)).save(buffer, "GIF")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("image", "statuses"),
    [
        (b"", {415}),
        (b"\xff\xd8", {415}),
        (b"%PDF-1.4" + picture(), {415}),
        (b"<svg/>", {415}),
        (gif(), {415}),
        (b"#!/bin/sh\n" + picture("PNG"), {415}),
        (bomb(), {413}),
        (picture() + b"PK\x03\x04<script>", {202, 409}),
        (picture("PNG")[:60], {202, 409, 415}),
    ],
)
def test_images_that_are_none_or_more_than_one_thing(desk, image, statuses):
    answer = desk.post(fields("polyglot"), image)

    is_harmless(desk, answer)
    assert answer.status_code in statuses


def test_an_image_of_endless_segments_is_refused_before_it_is_opened(desk, monkeypatch):
    opened = []
    monkeypatch.setattr(Image, "open", lambda *_, **__: opened.append(1))

    answer = desk.post(fields("endless"), b"\xff\xd8" + b"\xff\xe1\0\x02" * 1_000_000)

    is_harmless(desk, answer)
    assert (answer.status_code, answer.json()["field"], opened) == (415, "image", [])


def test_many_parts_and_long_heads_are_refused_at_once(desk):
    many = part("other", b"") * 200
    long = part("event", b"{}", b"; x=" + b"y" * 15_000)

    for content in (many, long, b"--a-boundary\r\n" + b"A: b\r\n" * 2000, b"\r\n" * 8000):
        answer = desk.post(content=content + b"--a-boundary--\r\n")
        is_harmless(desk, answer)
        assert answer.status_code == 400


def test_memory_is_bounded_by_what_a_request_may_hold(desk):
    async def endless():
        yield part("event", b"{}")
        yield part("image", b"")[:-2]
        while True:
            yield b"x" * 65_536

    tracemalloc.start()
    answer = desk.post(content=endless(), **{"Content-Length": "30000000"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.status_code == 413
    assert peak < 5 * desk.home.settings.feedback.max_image_bytes
