"""What the door answers, and what lies in the inbox then."""

import asyncio
import json

import httpx
import pytest

from autoretrain_assets.door import room
from autoretrain_tests.disk import PLENTY
from autoretrain_tests.door.asking import door, picture
from autoretrain_tests.door.serving import TOKEN, body, fields, headers, part
from autoretrain_tests.homes import DAY, NEXT, take_in


@pytest.fixture
def desk(tmp_path):
    return door(tmp_path / "home")


def test_an_event_is_taken_and_the_real_intake_accepts_it(desk):
    answer = desk.post(fields(verdicts=[{"kind": "missed", "label": "bus", "x1": 5, "y1": 5, "x2": 30, "y2": 30}]))

    assert (answer.status_code, answer.json()) == (202, {"event_id": "e1", "status": "taken"})
    assert list(desk.files()) == ["e1.jpg", "e1.json"]
    assert desk.files()["e1.jpg"] == picture()
    take_in(desk.home, DAY)
    (row,) = desk.home.raw_feedback.read(DAY).to_dicts()
    assert (row["event_id"], row["source"], row["verdicts"][0]["label"]) == ("e1", "cam", "bus")
    assert desk.files() == {}


def test_the_same_event_again_is_known_however_it_is_written(desk):
    desk.post(fields(captured_at="2025-03-02T10:00:00+00:00"))
    before = {path: path.stat().st_ino for path in desk.home.inbox.rglob("*")}

    answer = desk.post(fields(captured_at="2025-03-02T12:00:00+02:00", domain=None, image="other.jpg"))

    assert (answer.status_code, answer.json()["status"]) == (200, "known")
    assert {path: path.stat().st_ino for path in desk.home.inbox.rglob("*")} == before


@pytest.mark.parametrize(("event", "seed"), [(fields(source="other"), 0), (fields(), 1)], ids=["event", "image"])
def test_another_event_of_that_id_is_refused_and_nothing_is_written(desk, event, seed):
    desk.post()
    before = desk.files()

    answer = desk.post(event, picture(seed=seed))

    assert (answer.status_code, answer.json()["field"]) == (409, "event_id")
    assert desk.files() == before


def test_an_id_is_its_days_own(desk):
    desk.post()

    answer = desk.post(fields(captured_at=f"{NEXT}T10:00:00+00:00"))

    assert (answer.status_code, answer.json()["status"]) == (202, "taken")
    take_in(desk.home, DAY, NEXT)
    assert [desk.home.raw_feedback.read(day)["event_id"].to_list() for day in (DAY, NEXT)] == [["e1"], ["e1"]]


def test_what_intake_took_in_may_come_again_and_stays_one(desk):
    desk.post()
    take_in(desk.home, DAY)

    assert desk.post().status_code == 202
    take_in(desk.home, DAY)

    assert desk.home.raw_feedback.read(DAY)["event_id"].to_list() == ["e1"]
    assert list(desk.home.quarantine.glob("*/*/reason.json")) == []
    assert desk.files() == {}


def test_what_intake_refused_may_come_again_and_lies_in_quarantine_once(desk):
    unknown = fields(predictions=[{"label": "cow", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}])
    for _ in range(2):
        assert desk.post(unknown).status_code == 202
        take_in(desk.home, DAY)

    assert len(list(desk.home.quarantine.glob("*/*/reason.json"))) == 1


def test_an_image_whose_event_was_never_written_is_no_obstacle(desk):
    desk.post()
    (left,) = desk.home.inbox.rglob("*.json")
    left.unlink()

    assert desk.post().status_code == 202
    assert list(desk.files()) == ["e1.jpg", "e1.json"]


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("BMP", "bmp"), ("WEBP", "webp"), ("JPEG", "jpg")])
def test_the_image_is_called_as_its_content_is(desk, kind, suffix):
    assert desk.post(image=picture(kind)).status_code == 202
    assert list(desk.files()) == sorted([f"e1.{suffix}", "e1.json"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"captured_at": "2025-03-02T10:00:00"}, "captured_at"),
        ({"event_id": "../x"}, "event_id"),
        ({"event_id": ".x"}, "event_id"),
        ({"trigger": "random"}, "probability"),
        ({"more": 1}, "more"),
        (
            {"predictions": [{"label": "car", "confidence": 2, "x1": 1, "y1": 1, "x2": 2, "y2": 2}]},
            "predictions.0.confidence",
        ),
    ],
)
def test_a_wrong_event_is_refused_with_its_field(desk, changes, field):
    answer = desk.post(fields(**changes))

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert desk.files() == {}


@pytest.mark.parametrize(
    ("once", "twice", "field"),
    [
        ('"source"', '"source": "other", "source"', "source"),
        ('"x1"', '"x1": 0, "x1"', "x1"),
        ('"source"', f'"{"k" * 100}": 1, "{"k" * 100}": 1, "source"', "k" * 64),
    ],
    ids=["field", "box", "long"],
)
def test_a_name_that_stands_twice_is_refused_with_its_field(desk, once, twice, field):
    answer = desk.post(json.dumps(fields()).replace(once, twice).encode())

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert desk.files() == {}


def test_what_is_too_large_is_refused(tmp_path):
    desk = door(tmp_path / "home", "feedback.max_image_bytes=5000", "feedback.max_event_bytes=500")

    large = [
        desk.post(image=picture(size=(100, 100))),
        desk.post(fields(predictions=fields()["predictions"] * 9)),
        desk.post(content=b"x" * 50_000),
    ]

    assert [answer.status_code for answer in large] == [413] * 3
    assert [answer.json()["field"] for answer in large] == ["image", "event", None]
    assert desk.files() == {}


def test_an_image_of_too_many_pixels_is_refused(tmp_path):
    desk = door(tmp_path / "home", "feedback.max_image_pixels=3000")

    assert desk.post().status_code == 413


def test_a_large_body_is_refused_before_it_is_read(desk):
    async def never():
        raise AssertionError("the body was read")
        yield

    assert desk.post(content=never(), **{"Content-Length": "100000000"}).status_code == 413


@pytest.mark.parametrize("length", [None, "", "-1", "5x", "0" * 6000 + "5", "²"])
def test_a_body_has_its_length(desk, length):
    async def content():
        yield body(fields(), picture())

    encoded = None if length is None else length.encode()
    answer = desk.post(content=content(), **{"Content-Length": encoded, "Transfer-Encoding": None})

    assert answer.status_code == 411
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "given", [None, "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN, "Bearer é".encode("latin-1")]
)
def test_only_who_knows_the_token_may_send(desk, given):
    answer = desk.post(Authorization=given)

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert desk.files() == {}


def test_a_door_without_a_token_takes_from_programs_but_not_from_browsers(tmp_path):
    desk = door(tmp_path / "home", token=None)

    assert desk.post(Authorization=None).status_code == 202
    assert desk.post(fields("e2"), Authorization=None, Origin="http://somewhere").status_code == 403


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"{}", None, 415),
        (b"{}", "multipart/form-data", 400),
        (b"", "multipart/form-data; boundary=a-boundary", 400),
        (body(fields(), b"")[:-20], "multipart/form-data; boundary=a-boundary", 400),
        (part("event", b"{}") + b"--a-boundary--\r\n", "multipart/form-data; boundary=a-boundary", 400),
        (part("event", b"{}") * 2 + b"--a-boundary--\r\n", "multipart/form-data; boundary=a-boundary", 400),
        (part("other", b"{}") + b"--a-boundary--\r\n", "multipart/form-data; boundary=a-boundary", 400),
        (b"--a-boundary\r\n\r\nno name\r\n--a-boundary--\r\n", "multipart/form-data; boundary=a-boundary", 400),
        (body(fields(), picture()), "multipart/form-data; boundary=" + "x" * 300, 400),
    ],
)
def test_a_body_that_is_none_is_refused(desk, content, kind, status):
    answer = desk.post(content=content, **{"Content-Type": kind})

    assert answer.status_code == status
    assert answer.json()["error"]
    assert desk.files() == {}


def test_more_than_fits_at_once_is_asked_to_come_again(tmp_path):
    desk = door(tmp_path / "home", "door.max_requests=2")

    async def crowd():
        transport = httpx.ASGITransport(desk.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            sent = (
                client.post("/events", content=body(fields(f"e{number}"), picture()), headers=headers())
                for number in range(6)
            )
            return await asyncio.gather(*sent)

    answers = asyncio.run(crowd())

    busy = [answer for answer in answers if answer.status_code == 503]
    assert sorted(answer.status_code for answer in answers) == [202, 202, 503, 503, 503, 503]
    assert {answer.headers["retry-after"] for answer in busy} == {"1"}
    assert desk.post(fields("later")).status_code == 202


def test_bodies_that_do_not_fit_together_wait_outside():
    gate = room.Gate(room.Door(max_bytes=100), largest=60)
    with gate.entered(60), pytest.raises(room.Refused, match="too many"), gate.entered(60):
        pass
    with gate.entered(60):
        pass


def test_a_full_inbox_takes_no_more_until_it_was_emptied(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "COUNTED_EVERY", 0)
    desk = door(tmp_path / "home", "door.max_waiting=2")

    statuses = [desk.post(fields(name)).status_code for name in ("e1", "e2", "e3")]
    closed = desk.ask("GET", "/health")
    take_in(desk.home, DAY)

    assert statuses == [202, 202, 503]
    assert (closed.status_code, closed.headers["retry-after"]) == (503, "30")
    assert "wait to be taken in" in closed.json()["error"]
    assert desk.post(fields("e3")).status_code == 202


def test_a_disk_without_room_closes_the_door(tmp_path):
    desk = door(tmp_path / "home", f"door.min_free_bytes={2**62}")

    answers = [desk.post(), desk.ask("GET", "/health")]

    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [(503, "the disk is full.")] * 2
    assert desk.ask("GET", "/health").headers["retry-after"] == "30"


def test_an_open_door_says_so_to_anyone(desk):
    answer = desk.ask("GET", "/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "open"})


def test_a_disk_that_is_full_at_any_flush_takes_nothing_by_half(tmp_path, disk):
    for at in range(4):
        desk = door(tmp_path / f"full{at}")
        disk.left = at
        answer = desk.post()
        disk.left = PLENTY
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30"), at
        assert "No space left" in answer.json()["error"]
        assert not [name for name in desk.files() if name.endswith(".tmp")]

        again = desk.post()
        assert (again.status_code, again.json()["status"]) in {(202, "taken"), (200, "known")}
        assert list(desk.files()) == ["e1.jpg", "e1.json"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/events", 405), ("GET", "/x", 404), ("GET", "/", 404)])
def test_other_places_are_none(desk, method, path, status):
    answer = desk.ask(method, path)

    assert answer.status_code == status
    assert "/docs" in answer.json()["error"]
