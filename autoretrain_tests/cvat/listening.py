"""HTTP on loopback: one thread a connection, kept alive, an answer in one piece."""

import socket
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from autoretrain_tests.cvat.server.calls import Answer, Call
from autoretrain_tests.cvat.server.world import World


class Listener(ThreadingHTTPServer):
    """Listens on a port, any where it is 0; knows its open connections, so that closing ends them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, world: World, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world = world
        self.connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, call: Call) -> Answer | None:
        """The answer; None where the connection is to end without one."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop listening, and end every connection, idle ones too."""
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

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
