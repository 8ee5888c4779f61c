"""A bad network: what stands between a client and a server, and spoils the requests that it is told to."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

BLOCK = 1 << 16
Headers = dict[str, str]
Answer = tuple[int, Headers, bytes]
HOP = {"transfer-encoding", "connection", "content-length"}
"""What is between two neighbours alone, and what is counted anew."""


class Passing(BaseHTTPRequestHandler):
    """One request on its way; a fault does with it what it likes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: "Proxy"

    def pass_on(self) -> Answer:
        """The server's answer to the whole request."""
        self.send(self.length)
        answer = self._upstream.getresponse()
        body = answer.read()
        return answer.status, {name: value for name, value in answer.getheaders() if name.lower() not in HOP}, body

    def send(self, length: int) -> None:
        """Hand so much of the request on, in blocks, and wait for no answer."""
        self._upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            self._upstream.putheader(name, value)
        self._upstream.endheaders()
        left = length
        while left and (block := self.rfile.read(min(left, BLOCK))):
            self._upstream.send(block)
            left -= len(block)

    def answer(self, status: int, headers: Headers, body: bytes, promised: int | None = None) -> None:
        """Send an answer; `promised` is the length that it claims to have."""
        self.head(status, {**headers, "Content-Length": str(len(body) if promised is None else promised)})
        self.wfile.write(body)

    def head(self, status: int, headers: Headers) -> None:
        """Send only the beginning of an answer."""
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def swallow(self) -> None:
        """Read the rest of the request, so that the next one on this connection begins where it begins."""
        left = self.length
        while left and (block := self.rfile.read(min(left, BLOCK))):
            left -= len(block)

    def cut(self) -> None:
        """End both connections here."""
        self._upstream.close()
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    @property
    def length(self) -> int:
        """Of the request's body, in bytes."""
        return int(self.headers.get("Content-Length", 0))

    def do_GET(self) -> None:
        fault = self.proxy.next_fault(" ".join([self.command, self.path, self.headers.get("Range", "")]).rstrip())
        try:
            fault(self) if fault else self.answer(*self.pass_on())
        except OSError:
            # Whoever asked, or was asked, is gone.
            self.cut()

    do_POST = do_DELETE = do_PUT = do_GET  # noqa: N815 - the names are the standard library's

    def setup(self) -> None:
        super().setup()
        self._upstream = HTTPConnection("127.0.0.1", self.proxy.target)
        self.proxy.connected.add(self.connection)

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self._upstream.close()
        self.proxy.connected.discard(self.connection)

    def log_message(self, *_) -> None:
        pass


Fault = Callable[[Passing], None]
Plan = Callable[[str], Fault | None]
"""What befalls a request, told as `METHOD path?query`, with its range where it has one; None: nothing."""


@dataclass
class Proxy:
    """Its address, the server's port, the plan, and what was asked."""

    url: str
    target: int
    plan: Plan = lambda _: None
    asked: list[str] = field(default_factory=list)
    connected: set[socket.socket] = field(default_factory=set)
    closing: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def next_fault(self, told: str) -> Fault | None:
        """What befalls this request; one is judged at a time."""
        with self._lock:
            self.asked.append(told)
            return self.plan(told)


def spoiling(pattern: str, fault: Fault, times: int | None = None) -> Plan:
    """Spoil the first so many requests that match, or all of them."""
    left = [times]

    def plan(told: str) -> Fault | None:
        if left[0] == 0 or not re.search(pattern, told):
            return None
        left[0] = left[0] and left[0] - 1
        return fault

    return plan


@contextmanager
def proxied(target: int) -> Iterator[Proxy]:
    """A proxy on loopback before the server on that port, until the block ends."""
    handler = type("Handler", (Passing,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.proxy = proxy = Proxy(f"http://127.0.0.1:{server.server_port}", target)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.closing.set()
        server.shutdown()
        server.server_close()
        for connection in list(proxy.connected):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()
