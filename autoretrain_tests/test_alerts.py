"""Alerts: always in the log, also at the owner's addresses, which no error repeats."""

import json
import re
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from autoretrain_assets.alerts import ADDRESSES, tell
from autoretrain_assets.errors import InputError

HIDDEN = "hunter2"
LINE = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC  it failed: because of this and that\n"


@pytest.fixture(autouse=True)
def no_addresses(monkeypatch):
    monkeypatch.delenv(ADDRESSES, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server():
    """A server on this machine that keeps what it is sent, and answers with `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *_args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.got, server.status = [], 200
        server.address = f"json://owner:{HIDDEN}@127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def told(tmp_path, text="because of\n  this and that\n"):
    tell(tmp_path / "home" / "alerts.log", "it failed", text)


def log(tmp_path):
    return (tmp_path / "home" / "alerts.log").read_text()


def refused(tmp_path, match):
    """The message is in the log, and the error says what is wrong without the address."""
    with pytest.raises(InputError, match=match) as caught:
        told(tmp_path)
    assert re.fullmatch(LINE, log(tmp_path))
    assert HIDDEN not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_message_is_a_line_of_the_log(tmp_path):
    told(tmp_path)
    assert re.fullmatch(LINE, log(tmp_path))
    told(tmp_path)
    assert re.fullmatch(LINE * 2, log(tmp_path))


def test_the_owner_gets_it_at_every_address(tmp_path, server, monkeypatch):
    monkeypatch.setenv(ADDRESSES, f"{server.address}  {server.address}other")
    told(tmp_path)
    assert [(one["title"], one["message"]) for one in server.got] == [("it failed", "because of\n  this and that")] * 2
    assert re.fullmatch(LINE, log(tmp_path))


def test_an_address_that_does_not_take_it_is_an_error_that_does_not_name_it(tmp_path, server, monkeypatch, caplog):
    server.status = 500
    monkeypatch.setenv(ADDRESSES, server.address)
    refused(tmp_path, "did not take the message: it stands in alerts.log")
    assert HIDDEN not in caplog.text


def test_an_address_where_nobody_listens_is_an_error_that_does_not_name_it(tmp_path, monkeypatch, caplog):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv(ADDRESSES, f"json://owner:{HIDDEN}@127.0.0.1:{port}/")
    refused(tmp_path, "did not take the message")
    assert HIDDEN not in caplog.text


@pytest.mark.parametrize("address", [f"carrier-pigeon://{HIDDEN}@127.0.0.1", f"{HIDDEN}", f"json://:{HIDDEN}@"])
def test_an_address_that_nobody_knows_is_an_error_that_only_counts_it(tmp_path, monkeypatch, caplog, address):
    monkeypatch.setenv(ADDRESSES, address)
    refused(tmp_path, "address 1 is none that apprise knows")
    assert HIDDEN not in caplog.text


def test_an_address_that_nobody_knows_does_not_silence_the_others(tmp_path, server, monkeypatch):
    monkeypatch.setenv(ADDRESSES, f"{server.address} carrier-pigeon://{HIDDEN}")
    refused(tmp_path, "address 2 is none that apprise knows")
    assert [one["title"] for one in server.got] == ["it failed"]


def test_without_apprise_the_message_is_in_the_log_and_the_way_out_is_named(tmp_path, server, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    told(tmp_path)
    (tmp_path / "home" / "alerts.log").unlink()
    monkeypatch.setenv(ADDRESSES, server.address)
    refused(tmp_path, r"pip install 'autoretrain\[alerts\]'")
