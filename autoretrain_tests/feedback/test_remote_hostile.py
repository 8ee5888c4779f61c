"""Whoever may write to a remote inbox chooses the names in it: none of them leads out of the local one, or is lost."""

import json
import os
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoretrain_assets.feedback.remote import storage
from autoretrain_tests.feedback.remotes import in_folder, in_memory
from autoretrain_tests.feedback.test_hostile import run_all
from autoretrain_tests.feedback.test_intake import Desk, event, jpeg

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
UNUSABLE = [
    "..",
    ".",
    "a\0b.json",
    "a\nb.json",
    "a\x7f.json",
    "..\\..\\a.json",
    "\\\\server\\a.json",
    "é" * 150 + ".json",
    "x" * 300 + ".json",
    "CON.json",
    "lpt1.tar.json",
    "a.json?versionId=1.json",
    "a#1.json",
    "*.json",
    "[a].json",
    "\N{RIGHT-TO-LEFT OVERRIDE}/a.json",
    os.fsdecode(b"\xff.json"),
]


class Listing:
    """A store whose listing says whatever it is told to say; it holds files by the names that it said."""

    async_impl = False

    def __init__(self, files, kinds=None):
        self.files, self.kinds, self.asked, self.claim = files, kinds or {}, [], None

    def pipe_file(self, path, content):
        assert path.endswith(storage.CLAIM)
        self.claim = content

    def _strip_protocol(self, _url):
        return "/root"

    def info(self, path):
        if path == "/root":
            return {"name": path, "type": "directory"}
        return {"name": path, "type": "file", "size": len(self.files[path]), "created": LONG_AGO}

    def ls(self, path, detail):
        assert (path, detail) == ("/root", True)
        return [self.info(name) | {"type": self.kinds.get(name, "file")} for name in self.files]

    def cat_file(self, path, start, end):
        if path.endswith(storage.CLAIM):
            if self.claim is None:
                raise FileNotFoundError(path)
            return self.claim[start:end]
        self.asked.append(path)
        return self.files[path][start:end]

    def rm_file(self, path):
        del self.files[path]


def listed(monkeypatch, files, kinds=None):
    files = Listing(files, kinds)
    monkeypatch.setattr(storage, "_file_system", lambda *_: files)
    return files, in_memory("unused")


def everything(root):
    return {str(path.relative_to(root)) for path in root.rglob("*")}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_name_that_no_file_may_have_stays_there_and_is_told(desk, tmp_path, monkeypatch, name):
    files, remote = listed(monkeypatch, {f"/root/{name}": b"{}"})

    [told] = remote.drain(desk)

    assert "left there: " in told
    assert told.endswith("cannot be a file's name here")
    assert told.isprintable()
    assert (list(files.files), files.asked) == ([f"/root/{name}"], [])
    assert {path for path in everything(tmp_path) if path.endswith("json")} == set()


@pytest.mark.parametrize(
    "path", ["/etc/passwd.json", "/rootless/a.json", "/root/../a.json", "/root/a/b.json", "a.json"]
)
def test_what_lies_elsewhere_than_it_was_asked_for_is_not_touched(desk, monkeypatch, path):
    files, remote = listed(monkeypatch, {path: b"{}"})

    remote.drain(desk)

    assert (list(files.files), files.asked) == ([path], []) or path == "a.json"
    assert not [path for path in files.asked if not path.startswith("/root/")]


@pytest.mark.parametrize("name", [".a.json", "a.json.tmp", ".hidden"])
def test_what_is_being_written_is_passed_over_without_a_word(desk, monkeypatch, name):
    files, remote = listed(monkeypatch, {f"/root/{name}": b"{}"})

    assert remote.drain(desk) == []
    assert len(files.files) == 1


def test_a_folder_that_lists_itself_ends(desk, monkeypatch):
    _, remote = listed(monkeypatch, {"/root": b"", "/root/": b"", "/root/..": b""}, {"/root/..": "directory"})

    [told] = remote.drain(desk)

    assert "left there: '..' cannot be a file's name here" in told


def test_links_and_pipes_stay_there(desk, tmp_path):
    remote = in_folder(tmp_path / "far")
    (tmp_path / "secret").write_text("SECRET")
    (tmp_path / "far" / "x.json").symlink_to(tmp_path / "secret")
    (tmp_path / "far" / "in").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "far" / "y.json")

    [told] = remote.drain(desk)

    assert told.count("is no plain file") == 3
    assert {path.name for path in (tmp_path / "far").iterdir()} == {"x.json", "in", "y.json", storage.CLAIM}
    assert set(desk.left()) <= {"lock", "home"}


def test_many_names_are_counted_and_a_few_named(desk, monkeypatch):
    _, remote = listed(monkeypatch, {f"/root/{number}\\.json": b"{}" for number in range(9)})

    [told] = remote.drain(desk)

    assert told.count("cannot be a file's name here") == 3
    assert told.endswith("and 6 more")


@pytest.mark.parametrize(
    "twins", [("é.json", "e\N{COMBINING ACUTE ACCENT}.json"), ("A.json", "a.json"), ("a.json", "a.JSON")]
)
def test_twins_by_spelling_both_arrive(desk, monkeypatch, twins):
    said = {f"/root/{name}": json.dumps(event(f"e{at}", image="i.jpg")).encode() for at, name in enumerate(twins)}
    files, remote = listed(monkeypatch, said | {"/root/i.jpg": jpeg()})

    remote.drain(desk)
    run_all(desk)

    assert sorted(desk.table["event_id"]) == ["e0", "e1"]
    assert files.files == {}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text(max_size=12).map(lambda name: name + ".json"), max_size=4, unique=True))
def test_of_any_names_each_arrives_or_stays(tmp_path, names):
    root = tmp_path / uuid.uuid4().hex
    desk, outside = Desk(root / "home"), everything(root)
    files = {f"/root/{name}": b'{"at": %d}' % at for at, name in enumerate(names)}
    with pytest.MonkeyPatch.context() as patch:
        left, remote = listed(patch, dict(files))
        remote.drain(desk)

    arrived = {path.read_bytes() for path in (desk.inbox / "remote").rglob("*") if path.is_file()}
    assert arrived | set(left.files.values()) == set(files.values())
    assert not arrived & set(left.files.values())
    assert all(path.startswith("home/inbox/") for path in everything(root) - outside)


def test_a_listing_that_lies_about_sizes_makes_nobody_read_more(desk, monkeypatch):
    files, remote = listed(monkeypatch, {"/root/e1.json": json.dumps(event(image="e1.jpg")).encode()})
    files.files["/root/e1.jpg"] = bytes(1_000_000)
    honest, asked = files.ls, []
    files.ls = lambda *args, **more: [info | {"size": 1} for info in honest(*args, **more)]
    read = files.cat_file

    def counted(path, start, end):
        if not path.endswith(storage.CLAIM):
            asked.append(end)
        return read(path, start, end)

    files.cat_file = counted

    told = remote.drain(desk, max_image_bytes=4_000, max_event_bytes=4_000)

    assert asked == [4_001, 4_001]
    assert "'e1.jpg' is over feedback.max_image_bytes" in told[1]
    assert "/root/e1.jpg" in files.files


@pytest.fixture
def server():
    """A server on this machine that counts who asks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked += 1
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = 0
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}/a.jpg", "file://{there}", "{there}", "s3://bucket/a.jpg", "memory://a.jpg"]
)
def test_an_event_that_names_an_address_as_its_image_fetches_nothing(desk, tmp_path, server, address):
    (tmp_path / "there.jpg").write_bytes(jpeg())
    named = address.format(port=server.server_port, there=tmp_path / "there.jpg")
    remote = in_memory(uuid.uuid4().hex)
    remote.put("e1.json", json.dumps(event(image=named)).encode())

    remote.drain(desk)
    run_all(desk)

    assert desk.reasons()[0].startswith("image: must be the plain name of a file beside the event")
    assert server.asked == 0
    assert [path.name for path in desk.quarantine.rglob("*.jpg")] == []
