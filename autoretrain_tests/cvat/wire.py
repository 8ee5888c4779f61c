"""HTTP: one thread a connection, kept alive, an answer in one piece."""

import socket
import sys
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from autoretrain_tests.cvat.faults import Exchange, Fault, Faults, Kind, Log
from autoretrain_tests.cvat.server import organizations, users
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, answer_of
from autoretrain_tests.cvat.server.deliveries import Sender
from autoretrain_tests.cvat.server.world import World

OPEN = {"/api/server/about", "/api/auth/login"}
"""What may be asked by whoever it is, with whatever credentials."""


class Wire(ThreadingHTTPServer):
    """Listens on loopback; knows its open connections, so that closing ends them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, world: World, faults: Faults, log: Log, sender: Sender) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world, self.faults, self.log, self.sender = world, faults, log, sender
        self.connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, call: Call) -> Answer | None:
        """The answer with what is wrong about it; None where the connection is to end without one."""
        with self.world.lock:
            fault = self.faults.of(call)
            answer = self._meet(call, fault)
            self.sender.take()
            self.log.exchanges.append(Exchange(call.method, call.path, call.query, answer.status if answer else 0))
        if fault and fault.kind is Kind.SLOW:
            time.sleep(fault.seconds)
        return answer

    def handle_error(self, *_: object) -> None:
        """A defect of ours is kept; who hung up while we answered is no defect."""
        if not isinstance(sys.exception(), OSError):
            self.log.crashes.append(traceback.format_exc())

    def _meet(self, call: Call, fault: Fault | None) -> Answer | None:
        if fault is None or fault.kind is Kind.SLOW:
            return _right(call)
        if fault.kind is Kind.CUT_AFTER:
            _right(call)
        return fault.answer()


def _right(call: Call) -> Answer:
    try:
        if call.path not in OPEN:
            call.user = users.sender(call)
            call.organization = organizations.named(call)
        return answer_of(call)
    except Refusal as refusal:
        return refusal.answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Wire

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def log_message(self, *_: object) -> None:
        """The log is the server's own."""

    def _serve(self) -> None:
        asked = urlsplit(self.path)
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(asked.path)
        answer = self.server.answer(
            Call(self.server.world, self.command, path, query, self.headers, body, self.server.url)
        )
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(answer)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method is served in one way."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _send(self, answer: Answer) -> None:
        content = answer.content()
        self.send_response(answer.status)
        if content:
            self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        for name, value in answer.cookies.items():
            self.send_header("Set-Cookie", f"{name}={value}; Path=/")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self._headers_buffer.append(b"\r\n")
        head = b"".join(self._headers_buffer)
        self._headers_buffer = []
        self.wfile.write(head if self.command == "HEAD" else head + content)
