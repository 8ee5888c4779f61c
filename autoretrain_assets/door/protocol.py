"""HTTP as uvicorn reads it, with an end to patience: no client holds a connection, or memory, for ever."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 65_536
"""Of a request line and its headers."""

MAX_AHEAD = 1
"""Requests that may wait on a connection for the answer to an earlier one: each is held in memory."""

MAX_CONNECTIONS = 500
"""Open at once, whether they ask for anything or not; below what a process may open."""


def patient(seconds: float) -> type[HttpToolsProtocol]:
    """The protocol for uvicorn, with so many seconds for a request to arrive whole, and for an answer to be read."""
    return type("Patient", (PatientProtocol,), {"seconds": seconds})


class PatientProtocol(HttpToolsProtocol):
    """Closes a connection whose request has a long head or does not arrive whole in time.

    It ends one that asks on and on ahead of the answers, or does not read them: they would pile up.
    """

    seconds: float
    """For a request to arrive whole, and for the other side to read what it is sent; see `patient`."""

    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    """Runs while something waits to be sent, also after the answer is complete."""
    _head: int | None = 0
    """Bytes of the head so far; None while the body arrives."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait; refuse where too many are waiting."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # pause_writing tells of the first byte that is not sent
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._arrived()
        self._read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head grows too long."""
        self._wait()
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of this request is too long.")

    def on_headers_complete(self) -> None:
        """The head is whole; one too many ends the connection, and is not kept."""
        self._head = None
        if len(self.pipeline) >= MAX_AHEAD:
            self.transport.abort()
            return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole; a further one has its own time."""
        self._head = 0
        self._arrived()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The other side does not read as fast as it is answered."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """All is sent."""
        self._read()
        super().resume_writing()

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self.transport.abort)

    def _arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
