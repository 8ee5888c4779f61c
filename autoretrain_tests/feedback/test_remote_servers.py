"""Remote inboxes that are away, refuse, hang or lead elsewhere: told with the address, never with a secret."""

import sys
import threading
import time
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from autoretrain_assets.feedback.remote import direct, storage
from autoretrain_tests.feedback.remotes import Remote, in_memory
from autoretrain_tests.feedback.test_hostile import run_all
from autoretrain_tests.feedback.test_remote_kills import Killing

HIDDEN = "hunter2"
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


@contextmanager
def serving(answer):
    """A server on this machine that gives every question to `answer`; yields it with the list of what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self):
            self.server.asked.append((self.command, self.path, dict(self.headers)))
            answer(self)

        do_GET = do_HEAD = do_DELETE = handle_any  # noqa: N815 - so the library calls them

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def say(handler, status, body=b"", **headers):
    handler.send_response(status)
    for name, value in ({"Content-Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body if handler.command != "HEAD" else b"")


@pytest.fixture(autouse=True)
def credentials(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, HIDDEN)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def at(port):
    return Remote("s3://bucket/inbox", None, {"endpoint_url": f"http://127.0.0.1:{port}"})


def told(remote, desk, seconds=5):
    [sentence] = remote.drain(desk, seconds=seconds)
    assert sentence.startswith("s3://bucket/inbox: ")
    assert HIDDEN not in sentence
    assert "\n" not in sentence
    return sentence


def told_in_time(remote, desk):
    began = time.monotonic()
    sentence = told(remote, desk, seconds=3)
    assert time.monotonic() - began < 6
    return sentence


@pytest.mark.slow
@pytest.mark.parametrize("region", [{}, {"x_amz_bucket_region": "eu-west-1"}])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_to_another_server(desk, status, region):
    with serving(lambda one: say(one, 404)) as other:
        elsewhere = f"http://127.0.0.1:{other.server_port}/bucket/inbox"
        with serving(lambda one: say(one, status, Location=elsewhere, **region)) as server:
            told(at(server.server_port), desk)

    assert server.asked
    assert other.asked == []


@pytest.mark.slow
def test_a_server_that_refuses_is_told_what_it_must_allow(desk):
    with serving(lambda one: say(one, 403, DENIED)) as server:
        sentence = told(at(server.server_port), desk)

    assert "permission denied" in sentence
    assert "must be allowed to list, read, write and delete there" in sentence


@pytest.mark.slow
def test_a_server_that_hangs_is_left_in_time(desk):
    stop = threading.Event()
    with serving(lambda _: stop.wait(30)) as server:
        sentence = told_in_time(at(server.server_port), desk)
        stop.set()

    assert "no answer within 3 s" in sentence


@pytest.mark.slow
def test_a_server_that_drips_is_left_in_time(desk):
    stop = threading.Event()

    def drip(one):
        one.send_response(200)
        one.send_header("Content-Length", "1000")
        one.end_headers()
        while not stop.wait(0.2):
            try:
                one.wfile.write(b"<")
            except OSError:
                return

    with serving(lambda one: say(one, 200) if one.command == "HEAD" else drip(one)) as server:
        sentence = told_in_time(at(server.server_port), desk)
        stop.set()

    assert "no answer within" in sentence


@pytest.mark.slow
def test_a_server_that_is_away_is_told(desk):
    assert "127.0.0.1:1" in told(at(1), desk, seconds=20)


@pytest.mark.slow
def test_without_credentials_the_environment_is_named(desk, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)

    sentence = told(at(1), desk)

    assert "credentials" in sentence
    assert "in the environment" in sentence


@pytest.mark.slow
def test_one_inbox_that_is_away_stops_no_other(desk, s3):
    s3.send("e1")

    sentences = s3.drain(desk, inboxes=["s3://nobody/inbox", s3.url], allowed_inboxes=[])

    assert sentences[0].startswith("s3://nobody/inbox does not exist")
    assert sentences[1] == f"{s3.url}: 1 event brought"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PermissionError("no"), "permission denied (no)"),
        (OSError("s3://key:hunter2@bucket\nis odd"), r"s3://***@bucket\nis odd"),
        (TimeoutError(), "no answer within"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_what_was_brought_before_an_error_is_told_with_it(desk, monkeypatch, error, expected):
    remote = in_memory(uuid.uuid4().hex)
    remote.send("e1", "a")
    remote.send("e2", "b", seed=1)
    listed = remote.files.ls

    def partly(path, **more):
        if path.endswith("/b"):
            raise error
        return listed(path, **more)

    files = Killing(remote.files, 0, after=False)
    monkeypatch.setattr(files, "ls", partly, raising=False)
    monkeypatch.setattr(storage, "_file_system", lambda *_: files)
    sentences = remote.drain(desk)

    assert sentences[0].startswith(f"{remote.url}: 1 event brought")
    assert isinstance(error, TimeoutError) or expected in sentences[1]
    assert HIDDEN not in " ".join(sentences)
    assert remote.left() == ["e2.jpg", "e2.json"]


def test_where_nothing_may_be_deleted_no_event_comes_again_and_again(desk, monkeypatch):
    remote = in_memory(uuid.uuid4().hex)
    remote.send("e1")
    files = Killing(remote.files, 0, after=False)
    monkeypatch.setattr(storage, "_file_system", lambda *_: files)
    with monkeypatch.context() as patch:
        patch.setattr(files, "rm_file", refuse, raising=False)
        brought, stays = remote.drain(desk)
        assert (brought.partition(": ")[2], "permission denied (read only)" in stays) == ("1 event brought", True)
        run_all(desk)
        assert remote.drain(desk)[-1].startswith(f"{remote.url}: permission denied (read only)")
    assert [name for name in desk.left() if name.startswith("e1")] == []

    assert remote.drain(desk) == []
    assert remote.left() == []
    assert list((desk.inbox / ".remote").glob("*.json")) == []


def refuse(_path):
    raise PermissionError("read only")


def test_a_package_that_is_missing_is_named(desk, monkeypatch):
    monkeypatch.setitem(sys.modules, "aiobotocore.httpsession", None)
    monkeypatch.setitem(sys.modules, "gcsfs", None)

    [sentence] = at(1).drain(desk)

    assert "pip install 'autoretrain[s3]'" in sentence
    assert "pip install 'autoretrain[gs]'" in Remote("gs://bucket/inbox", None).drain(desk)[0]


def test_a_client_that_would_follow_redirects_is_not_used(monkeypatch):
    from aiobotocore.httpsession import AIOHTTPSession

    monkeypatch.delattr(AIOHTTPSession, "_get_session")
    with pytest.raises(ImportError, match="would follow redirects"):
        direct.session()
