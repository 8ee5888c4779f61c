"""A door in a process of its own, and the bytes that are sent to it."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass

TOKEN = "a-token-of-tests"  # noqa: S105 - of tests alone
PATIENCE = 60
"""Seconds that a server may need to start or end, on a busy machine."""
BOUNDARY = b"a-boundary"


@dataclass(frozen=True)
class Server:
    """Where it listens, and its process."""

    process: subprocess.Popen
    port: int

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(home, *options, signal_at_end=signal.SIGTERM):
    """`autoretrain intake serve` on any free port, until the block ends."""
    command = [sys.executable, "-m", "autoretrain_assets.cli", "intake", "serve", "--home", str(home.root)]
    env = os.environ | {"AUTORETRAIN_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen([*command, "--port", "0", *options], stdout=subprocess.PIPE, text=True, env=env)
    try:
        line = process.stdout.readline()
        yield Server(process, int(line.partition("/events")[0].rpartition(":")[2]))
    finally:
        if process.poll() is None:
            process.send_signal(signal_at_end)
        process.wait(PATIENCE)
        process.stdout.close()


def fields(event_id="e1", **changes):
    """An event as a producer says it."""
    said = {
        "event_id": event_id,
        "captured_at": "2025-03-02T10:00:00+00:00",
        "source": "cam",
        "trigger": "uncertain",
        "predictions": [{"label": "car", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}],
    }
    return said | changes


def part(name, content, extra=b""):
    """One part of a multipart body, with what stands before it."""
    disposition = b'\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (name.encode(), extra)
    return b"--" + BOUNDARY + disposition + content + b"\r\n"


def body(event, image):
    """A whole body: `event` is what becomes JSON, or bytes as they are."""
    said = event if isinstance(event, bytes) else json.dumps(event).encode()
    return part("event", said) + part("image", image, b'; filename="f.jpg"') + b"--" + BOUNDARY + b"--\r\n"


def headers(**more):
    """What goes before a body."""
    known = {"Authorization": f"Bearer {TOKEN}", "Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
    return known | more


def request(content):
    """A whole HTTP request, for a socket."""
    lines = [f"{name}: {value}" for name, value in headers(Host="door", **{"Content-Length": len(content)}).items()]
    return "\r\n".join(["POST /events HTTP/1.1", *lines, "", ""]).encode() + content
