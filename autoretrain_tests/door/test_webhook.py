"""What a CVAT server tells: a delivery that is signed and about a job of ours is a nudge, anything else is none."""

import hashlib
import hmac
import json
import threading
from contextlib import contextmanager

import polars as pl
import pytest
import uvicorn

from autoretrain_assets.commands.labelling import listen
from autoretrain_assets.door.app import build
from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_assets.labeling import nudge
from autoretrain_assets.labeling.hearing import PATH, SECRET, address_of
from autoretrain_assets.schema import CVAT_TASKS
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.homes import home_on
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.door.asking import Asked
from autoretrain_tests.door.serving import TOKEN, served
from autoretrain_tests.homes import DAY, laid_out, send, take_in
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in
from autoretrain_tests.tables import NOON

__all__ = ["cvat_server", "cvat_signed_in"]
KEY = "a-secret-of-the-tests"
PATIENCE = 30


TASK = 7


@pytest.fixture
def home(tmp_path):
    """One task waits, of two parts on the server."""
    home = laid_out(tmp_path / "home", "labeling.backend=cvat", "labeling.cvat.url=http://127.0.0.1:9")
    row = {"key": "a", "task_id": f"6,{TASK}", "url": "", "state": "open", "opened_at": NOON, "images": ["a", "b"]}
    home.cvat_tasks.write(DAY, pl.DataFrame([row], schema=CVAT_TASKS))
    return home


@pytest.fixture
def living(cvat_signed_in, tmp_path):
    """A home whose task is there."""
    home = home_on(cvat_signed_in, tmp_path / "home")
    send(home, "one")
    take_in(home, DAY)
    return home


@pytest.fixture
def desk(home):
    return Asked(home, build(home, TOKEN, KEY))


def finished(**changes):
    """What CVAT tells when a job of the home's task changes its state."""
    said = {"event": "update:job", "job": {"id": 1, "task_id": TASK}, "before_update": {"state": "new"}}
    return json.dumps(said | changes).encode()


def signature(body, key=KEY):
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def tell(desk, body, given=None):
    """Deliver it, rightly signed unless another signature is given; the status of the answer."""
    signed = signature(body) if given is None else given
    headers = {"X-Signature-256": signed.encode("latin-1"), "Content-Type": "application/json"}
    return desk.ask("POST", PATH, body, headers).status_code


def test_a_signed_delivery_is_a_nudge_once(desk, home):
    body = finished()
    assert (nudge.last(home.nudge), tell(desk, body)) == ("", 202)
    given = nudge.last(home.nudge)
    assert given
    assert tell(desk, body) == 200
    assert nudge.last(home.nudge) == given
    assert tell(desk, finished(before_update={"state": "completed"})) == 202
    assert nudge.last(home.nudge) != given


@pytest.mark.parametrize("given", ["", "sha256=", "sha256=" + "0" * 64, "é", None])
def test_a_wrong_signature_is_refused_and_no_nudge(desk, home, given):
    body = finished()
    assert tell(desk, body, signature(body, "another-secret-of-tests") if given is None else given) == 403
    assert tell(desk, body + b" ", signature(body)) == 403
    assert nudge.last(home.nudge) == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "update:task"},
        {"event": "ping"},
        {"before_update": {"updated_date": "2025-03-02T10:00:00Z"}},
        {"before_update": None},
        {"job": {"id": 1, "task_id": 4711}},
        {"job": None},
    ],
)
def test_what_is_not_about_the_state_of_a_job_of_ours_is_ignored(desk, home, changes):
    assert tell(desk, finished(**changes)) == 200
    assert nudge.last(home.nudge) == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"event": 1}',
        b'{"event": "update:job", "job": {"task_id": "x"}}',
        b"[" * 5000,
        b'{"event": "update:job", "before_update": {"state": ' + b"[" * 20_000 + b"]" * 20_000 + b"}}",
    ],
)
def test_what_is_signed_and_no_delivery_is_refused(desk, home, body):
    assert tell(desk, body) == 422
    assert nudge.last(home.nudge) == ""


def test_a_huge_one_is_refused_before_it_is_read(desk, home):
    body = finished(more="x" * 300_000)
    assert tell(desk, body) == 413


def test_without_a_secret_there_is_no_such_place(home):
    desk = Asked(home, build(home, TOKEN))
    answer = desk.ask("POST", PATH, finished(), {"X-Signature-256": signature(finished())})
    assert (answer.status_code, SECRET in answer.json()["error"]) == (404, True)


def test_a_nudge_that_cannot_be_written_is_told_again_later(desk, home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nudge, "give", full)
    assert tell(desk, finished()) == 503
    monkeypatch.undo()
    assert tell(desk, finished()) == 202


@contextmanager
def listening(home):
    """The door on a port of its own; answers its address."""
    config = uvicorn.Config(build(home, TOKEN, KEY), port=0, ws="none", log_level="critical")
    server = uvicorn.Server(config)
    with config.bind_socket() as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


def test_the_server_tells_what_a_person_finishes_and_nothing_else(cvat_server, living):
    task, person = int(living.cvat_tasks.read(DAY)["task_id"][0]), Person(cvat_server)
    with listening(living) as url:
        listen(living.root, url, {SECRET: KEY})
        person.draw(task, {0: [("car", 1, 2, 30, 40)]})
        cvat_server.sender.settle()
        assert nudge.last(living.nudge) == ""
        person.accept(task)
        cvat_server.sender.settle()
        given = nudge.last(living.nudge)
        assert given
        person.send("PATCH", "/api/webhooks/1", {"secret": "one-that-is-not-ours"})
        person.reject(task)
        cvat_server.sender.settle()
        assert nudge.last(living.nudge) == given
    answers = person.send("GET", "/api/webhooks/1/deliveries?page_size=100")["results"]
    assert {answer["status_code"] for answer in answers} == {200, 202, 403}


def test_the_webhook_is_made_once_and_put_in_step(cvat_server, living):
    person = Person(cvat_server)
    told = listen(living.root, "http://127.0.0.1:9/", {SECRET: KEY})
    assert told == f"webhook 1 is new: the server tells http://127.0.0.1:9{PATH}"
    person.send("PATCH", "/api/webhooks/1", {"events": ["update:task"], "is_active": False, "secret": "x"})
    assert listen(living.root, f"http://127.0.0.1:9{PATH}", {SECRET: KEY}).startswith("webhook 1 was there")
    [made] = person.send("GET", "/api/webhooks")["results"]
    assert (made["events"], made["is_active"], made["project_id"]) == (["update:job"], True, 1)
    assert cvat_server.world.webhooks[1].said["secret"] == KEY


def test_a_webhook_that_was_made_as_the_answer_was_cut_off_is_adopted(cvat_server, living):
    cvat_server.faults.add("POST /api/webhooks", "cut after")
    with pytest.raises(LabelingError) as error:
        listen(living.root, "http://127.0.0.1:9", {SECRET: KEY})
    assert KEY not in str(error.value)
    assert "webhook 1 was there" in listen(living.root, "http://127.0.0.1:9", {SECRET: KEY})
    assert len(cvat_server.world.webhooks) == 1


@pytest.mark.parametrize("secret", ["", "short", "x" * 65, "with a space in it", "é" * 20])
def test_a_secret_that_can_be_guessed_or_that_cvat_refuses_is_not_taken(home, secret):
    with pytest.raises(InputError, match="16 to 64") as error:
        listen(home.root, "http://127.0.0.1:9", {SECRET: secret})
    assert not secret or secret not in str(error.value)


@pytest.mark.parametrize("url", ["door", "ftp://door", "http://", "http://user:word@door", "http://door?x=1"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(InputError, match="name the address"):
        address_of(url)


@pytest.mark.slow
def test_the_door_says_where_it_listens_and_not_by_which_secret(home, monkeypatch):
    monkeypatch.setenv(SECRET, KEY)
    with served(home) as server:
        line = server.process.stdout.readline()
    assert line.startswith(f"a CVAT server tells at {server.url}{PATH}")
    assert KEY not in line
