"""Ask the stand-in what was asked of the real server, with ids that start where those did."""

import io
import itertools
import json
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from autoretrain_tests.cvat.recorded.reading import HOOK, ORIGIN, Recorded, images
from autoretrain_tests.cvat.standin import StandIn

FIRST_IDS = {"project": 12, "label": 22, "webhook": 3, "task": 42, "media": 41, "job": 59, "drawing": 785, "report": 13}
BOUNDARY = "a-boundary"
UNFINISHED = {"queued", "started"}


class Replay:
    """A stand-in that is like the real server was before the first exchange."""

    def __init__(self, server: StandIn, hook: str) -> None:
        self._server, self._hook = server, hook
        server.admin.username = "admin1"
        server.world.version = "2.73.0"
        server.world.start_ids(FIRST_IDS)

    def answers(self, recorded: Sequence[Recorded]) -> Iterator[tuple[Recorded, int, Any]]:
        """Each exchange with our status and body, its origin written as the recorded one."""
        for number, said in enumerate(recorded):
            if said.method == "POST":
                self._server.world.unfinished = _unfinished_after(recorded[number + 1 :])
            status, content = self._ask(said)
            yield said, status, self._read(content)

    def _ask(self, said: Recorded) -> tuple[int, bytes]:
        connection = HTTPConnection(urlsplit(self._server.url).netloc, timeout=10)
        body, headers = self._body(said)
        headers |= {"Authorization": f"Token {self._server.token}"}
        connection.request(said.method, said.path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, content

    def _read(self, content: bytes) -> Any:
        text = content.decode(errors="replace").replace(self._server.url, ORIGIN).replace(self._hook, HOOK)
        return json.loads(text) if text[:1] in {"{", "["} else text

    def _body(self, said: Recorded) -> tuple[bytes | None, dict[str, str]]:
        if said.path.endswith("/data/") and said.method == "POST":
            return self._upload(said)
        if said.path == "/api/auth/login":
            name = self._server.admin.username
            right = self._server.admin.password if said.status == 200 else "wrong"
            return json.dumps({"username": name, "password": right}).encode(), {}
        text = "" if said.request is None else json.dumps(said.request)
        return text.replace(HOOK, self._hook).encode() or None, {"Content-Type": said.content_type or ""}

    def _upload(self, said: Recorded) -> tuple[bytes, dict[str, str]]:
        """Which step it was is told by what was sent: nothing, files, or how to take them in."""
        if said.request is None:
            return b"", {"Upload-Start": ""}
        if "multipart" not in str(said.content_type):
            return json.dumps(said.request).encode(), {"Upload-Finish": ""}
        headers = {"Upload-Multiple": "", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        if "bad.jpg" in said.request:
            return _multipart([("bad.jpg", b"not a jpeg")]), headers
        return _multipart([(name, _drawn(size)) for name, size in images()]), headers


def _unfinished_after(later: Sequence[Recorded]) -> list[str]:
    """How the work looked to the questions that follow, while it was unfinished."""
    asked = itertools.takewhile(lambda said: said.path.startswith("/api/requests/"), later)
    return [said.response["status"] for said in asked if said.response["status"] in UNFINISHED]


def _multipart(files: list[tuple[str, bytes]]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="client_files[{n}]"; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for n, (name, content) in enumerate(files)
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _drawn(size: tuple[int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, "JPEG")
    return buffer.getvalue()
