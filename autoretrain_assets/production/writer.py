"""The thread that sends: encodes, writes and flushes to disk while production goes on."""

import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoretrain_assets.production.buffer import Buffer
from autoretrain_assets.production.image import Picture
from autoretrain_assets.production.senders import Away, Refused, Sender
from autoretrain_assets.production.tally import Tally, Unusable

QUEUE_ITEMS, QUEUE_BYTES = 100, 256_000_000
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a home that is away is tried again, doubled each time; an idle buffer is looked at as rarely."""

LOOK_SECONDS = 0.1
"""A flush looks so often whether another process has sent what is ours: nobody tells it."""

LEAST_SECONDS = 1.0
"""So long may be buffered what is left when the queue closes, however short a wait was asked for."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event and its image, which is not encoded yet."""

    event: Mapping[str, Any]
    picture: Picture


class Writer:
    """A bounded queue with one daemon thread behind it.

    A parcel stays in the queue until it was sent, buffered or lost, so that `close` knows all that is left.
    """

    def __init__(self, sender: Sender, buffer: Buffer | None, tally: Tally) -> None:
        self._sender, self._buffer, self._tally = sender, buffer, tally
        self.start_anew()
        if buffer is not None:
            self._start()  # what an earlier process left there waits for no event

    def start_anew(self) -> None:
        """An empty queue and no thread: what a forked child has, for its parent sends what waits."""
        self._changed = threading.Condition()
        self._queue: deque[Parcel] = deque()
        self._backlog: deque[Path] = deque()
        self._name, self._has_buffered = uuid.uuid4().hex, False
        """What this process puts into the buffer bears its name: a list of it would grow while the home is away."""
        self._is_open, self._may_be_buffered = True, self._buffer is not None
        self._thread: threading.Thread | None = None
        self._pause, self._retry_at = 0.0, 0.0

    def put(self, parcel: Parcel, seconds: float) -> None:
        """Queue a parcel, waiting at most so long for room; raises Unusable."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_open or self._has_room(parcel), seconds)
            if not self._is_open:
                raise Unusable("closed", "the client was closed before.")
            if not self._has_room(parcel):
                raise Unusable("queue_full", "the home takes events more slowly than they come.")
            self._queue.append(parcel)
            self._start()
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Try all at once, also what others left in the buffer, and wait at most so long.

        Whether nothing of this process waits any more, in the queue or in the buffer. Another process may hold an
        entry of ours, and may give it back.
        """
        until = time.monotonic() + seconds
        with self._changed:
            self._retry_at = 0.0
        self._look_for_more()
        while (left := until - time.monotonic()) > 0:
            with self._changed:
                self._changed.wait_for(self._is_done, min(left, LOOK_SECONDS))
                is_done, is_empty = self._is_done(), not self._queue
            if is_empty and self._own_is_buffered():
                self._look_for_more()
            elif is_done:
                return True
        return not (self._queue or self._own_is_buffered())

    def close(self, seconds: float) -> None:
        """Send what is queued; what is left after so many seconds goes to the buffer, or is lost.

        Buffering ends after as long again, or LEAST_SECONDS, but for the parcel it is at: encoding takes time.
        """
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._queue, min(seconds, threading.TIMEOUT_MAX))
            left = list(self._queue)
            self._queue.clear()
            self._changed.notify_all()
        until = time.monotonic() + max(seconds, LEAST_SECONDS)
        for parcel in left:
            if time.monotonic() < until:
                self._settle(parcel, may_send=False)
            else:
                self._tally.lose("closing", "there was no time to buffer all that was queued.")

    def _look_for_more(self) -> None:
        """Let the thread look into the buffer, if there is one, at once."""
        with self._changed:
            self._may_be_buffered = self._buffer is not None
            if self._may_be_buffered:
                self._start()
            self._changed.notify_all()

    def _is_done(self) -> bool:
        return not (self._queue or self._may_be_buffered)

    def _own_is_buffered(self) -> bool:
        """Whether anything of this process is in the buffer; another one may have sent it.

        Never call it under the lock: the disk may be slow, and who reports waits for the lock.
        """
        return self._buffer is not None and self._has_buffered and self._buffer.holds(self._name)

    def _has_room(self, parcel: Parcel) -> bool:
        held = sum(waiting.picture.nbytes for waiting in self._queue)
        return len(self._queue) < QUEUE_ITEMS and held + parcel.picture.nbytes <= QUEUE_BYTES

    def _start(self) -> None:
        """Where the system has no thread to give, what is queued waits: the next event asks again."""
        if self._thread is not None:
            return
        thread = threading.Thread(target=self._work, name="feedback", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._tally.count("threadless", why=f"Feedback waits: the system gives no thread ({error}).")
        else:
            self._thread = thread

    def _work(self) -> None:
        while True:
            with self._changed:
                pause = max(0.0, self._retry_at - time.monotonic()) or LONGEST_PAUSE
                if not self._changed.wait_for(self._is_due, pause):
                    self._may_be_buffered = self._buffer is not None  # by another process
                if not (self._is_open or self._queue):
                    return
                parcel = self._queue[0] if self._queue else None
            if parcel is not None:
                self._settle(parcel, may_send=self._is_ready())
                self._remove_first()
            if self._buffer is not None and self._may_be_buffered and self._is_ready():
                self._send_buffered(self._buffer)

    def _is_due(self) -> bool:
        return bool(self._queue) or not self._is_open or (self._may_be_buffered and self._is_ready())

    def _is_ready(self) -> bool:
        return time.monotonic() >= self._retry_at

    def _settle(self, parcel: Parcel, *, may_send: bool) -> None:
        """Send it, or buffer it. Whatever goes wrong is counted, for nobody listens."""
        try:
            content = parcel.picture.encoded()
            if not (may_send and self._was_sent(parcel, content)):
                self._keep(parcel, content)
        except Unusable as error:
            self._tally.lose(error.reason, str(error))
        except Refused as error:
            self._tally.lose("refused", str(error))
        except Exception as error:  # noqa: BLE001 - the thread must outlive any error; this one is counted and logged
            self._tally.lose("unexpected", f"{type(error).__name__}.", traceback=True)

    def _was_sent(self, parcel: Parcel, content: bytes) -> bool:
        try:
            self._sender.send(parcel.event, content, parcel.picture.suffix)
        except Away as error:
            self._wait_longer(error)
            return False
        self._succeed()
        return True

    def _keep(self, parcel: Parcel, content: bytes) -> None:
        if self._buffer is None:
            raise Unusable("away", "the home is away, and the client has no buffer.")
        try:
            self._buffer.put(parcel.event, content, parcel.picture.suffix, self._name)
        except OSError as error:
            raise Unusable("buffer_unwritable", f"the home is away, and its buffer too ({error.strerror}).") from error
        with self._changed:
            self._has_buffered = self._may_be_buffered = True

    def _send_buffered(self, buffer: Buffer) -> None:
        """One of what an absence left, so that new events need not wait for all of it.

        After a try in vain the next one is tried: one that never gets through must not hold up all the others.
        """
        self._backlog = self._backlog or deque(buffer.entries())
        try:
            while self._backlog:
                if buffer.pass_on(self._backlog.popleft(), self._sender.send):
                    self._succeed()
                    return
        except Away as error:
            self._wait_longer(error)
        except Refused as error:
            self._tally.lose("refused", str(error))
        except Unusable as error:
            self._tally.lose(error.reason, str(error))
        except Exception as error:  # noqa: BLE001 - as above; the entry is still there
            self._wait_longer(Away(f"what is buffered cannot be sent ({type(error).__name__})."))
        else:
            with self._changed:
                self._may_be_buffered = False  # but for what other processes are sending now
                self._changed.notify_all()

    def _remove_first(self) -> None:
        with self._changed:
            if self._queue:  # `close` may have taken them all
                self._queue.popleft()
            self._changed.notify_all()

    def _succeed(self) -> None:
        self._pause = self._retry_at = 0.0
        self._tally.count("sent")

    def _wait_longer(self, error: Away) -> None:
        self._pause = min(LONGEST_PAUSE, max(error.seconds, 2 * self._pause, FIRST_PAUSE))
        self._retry_at = time.monotonic() + self._pause
        self._tally.count("away", why=f"The home is away, and is tried again in {self._pause:.0f} s: {error}")
