"""A server that gives the answers it was told to, one after the other, and notes what it was asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = tuple[int, object]


@dataclass
class Answering:
    """Its address, what it still answers (the last one for ever), and what it was asked.

    An answer is JSON, or bytes with the length that is promised for them.
    """

    url: str
    answers: list[Answer]
    asked: list[str] = field(default_factory=list)


@contextmanager
def answering(*answers: Answer) -> Iterator[Answering]:
    """A server on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, content = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            body, promised = content if isinstance(content, tuple) else (json.dumps(content).encode(), None)
            self.send_response(status)
            self.send_header("Content-Length", str(promised or len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_DELETE = do_GET  # noqa: N815 - the names are the standard library's

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Answering(f"http://127.0.0.1:{server.server_port}", list(answers))
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
