"""Take one event: who sends it, is there room, what does it say, and into the inbox with it."""

import asyncio
import hmac
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from autoretrain_assets.door.answers import Refused, malformed
from autoretrain_assets.door.body import FRAMING, boundary_of, read_parts
from autoretrain_assets.door.inbox import IdTaken, Inbox
from autoretrain_assets.door.reading import read_event, suffix_of
from autoretrain_assets.door.room import LATER, Gate, Room
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home

WRITERS = 8
"""Threads that write at once: the file system flushes for several at a time, and more than this gain nothing."""

LONGEST_LENGTH = 20
"""Digits of a Content-Length that is one."""


class Taking:
    """Answers `POST /events`."""

    def __init__(self, home: Home, room: Room, token: str | None) -> None:
        rules = home.settings.feedback
        self._limits = {"event": rules.max_event_bytes, "image": rules.max_image_bytes}
        self._largest = sum(self._limits.values()) + FRAMING
        self._pixels, self._seconds = rules.max_image_pixels, home.settings.door.request_seconds
        self._token = None if token is None else token.encode()
        self._inbox, self._room = Inbox(home.inbox, home.work / "door"), room
        self._gate = Gate(home.settings.door, self._largest)
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")

    def finish(self) -> None:
        """Write to its end what is being written."""
        self._writers.shutdown()

    async def answer(self, request: Request) -> Response:
        """202 once the event is on the disk, 200 where it was before; raises Refused."""
        self._check_sender(request)
        with self._gate.entered(size_of(request, self._largest, "see feedback.max_image_bytes")):
            if shortage := await self._room.shortage():
                raise Refused(503, shortage, retry_after=LATER)
            parts = await self._read(request)
            put = asyncio.get_running_loop().run_in_executor(self._writers, self._put, parts["event"], parts["image"])
            event_id, is_new = await put
        if is_new:
            self._room.took()
        return JSONResponse({"event_id": event_id, "status": "taken" if is_new else "known"}, 202 if is_new else 200)

    def _check_sender(self, request: Request) -> None:
        if self._token is None:
            if "origin" in request.headers:  # any page that a browser has open could send forms to this machine
                raise Refused(403, "a door without a token takes nothing from a browser.")
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        is_right = hmac.compare_digest(given.strip().encode("latin-1"), self._token)
        if scheme.lower() != "bearer" or not is_right:
            raise Refused(401, "send the header Authorization: Bearer TOKEN, with the token of this door.")

    async def _read(self, request: Request) -> Mapping[str, bytes]:
        boundary = boundary_of(request.headers.get("content-type", ""))
        try:
            async with asyncio.timeout(self._seconds):
                return await read_parts(request.stream(), boundary, self._limits)
        except TimeoutError:
            raise Refused(408, f"the body did not arrive within {self._seconds:g} s.", close=True) from None
        except ClientDisconnect:
            raise Refused(400, "the connection ended before the body.", close=True) from None

    def _put(self, content: bytes, image: bytes) -> tuple[str, bool]:
        event = read_event(content)
        try:
            return event.event_id, self._inbox.put(event, image, suffix_of(image, self._pixels))
        except IdTaken as error:
            raise malformed(error, 409) from None
        except InputError as error:
            raise malformed(error) from None
        except OSError as error:
            sys.stderr.write(f"autoretrain: {event.event_id} was not taken: {error}\n")
            raise Refused(503, f"the inbox cannot be written: {error.strerror}.", retry_after=LATER) from error


def size_of(request: Request, largest: int, way_out: str) -> int:
    """The bytes of the body that is to come; raises Refused where they are not told or over `largest`."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or len(length) > LONGEST_LENGTH:
        raise Refused(411, "send Content-Length.", close=True)
    if int(length) > largest:
        raise Refused(413, f"the body has over {largest} bytes: {way_out}.")
    return int(length)
