"""What a CVAT server tells of its jobs: signed, checked, and kept as a nudge for whoever asks that server.

Nothing of a delivery is believed but that it is time to ask: one that is lost, forged or told twice changes no label.
"""

import asyncio
import hashlib
import hmac
from collections import deque
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from autoretrain_assets import due
from autoretrain_assets.door.answers import Refused
from autoretrain_assets.door.room import Gate
from autoretrain_assets.door.taking import size_of
from autoretrain_assets.home import Home
from autoretrain_assets.labeling import nudge
from autoretrain_assets.labeling.hearing import SECRET

LARGEST = 262_144
"""Bytes of a delivery: of a job that changed, CVAT tells some thousands."""
REMEMBERED = 1000
"""Signatures that are known again: the same delivery twice is one."""


class Job(msgspec.Struct, frozen=True):
    """The job that a delivery is about."""

    task_id: int


class Delivery(msgspec.Struct, frozen=True):
    """What is read of a delivery; `before_update` has each field that changed."""

    event: str
    job: Job | None = None
    before_update: dict[str, Any] | None = None

    @property
    def changed_state(self) -> bool:
        """Whether a job's state changed: saved boxes are told as updates of a job too."""
        return self.event == "update:job" and "state" in (self.before_update or {})


class Webhook:
    """Answers `POST /cvat/webhook`. Without a secret there is no such place."""

    def __init__(self, home: Home, secret: str | None) -> None:
        self._home, self._secret = home, secret.encode() if secret else None
        self._seconds = home.settings.door.request_seconds
        self._gate = Gate(home.settings.door, LARGEST)
        self._seen: deque[str] = deque(maxlen=REMEMBERED)

    async def answer(self, request: Request) -> Response:
        """202 once the nudge is on the disk, 200 for what is none; raises Refused."""
        if self._secret is None:
            raise Refused(404, f"no webhook is listened to here: start the door with {SECRET} in its environment.")
        with self._gate.entered(size_of(request, LARGEST, "no delivery of a job has so many")):
            body = await self._read(request)
            signature = _signed(self._secret, body, request)
            if signature in self._seen:
                return _said("known", 200)
            taken = await asyncio.to_thread(self._take, body)
        self._seen.append(signature)
        return _said("taken", 202) if taken else _said("ignored", 200)

    async def _read(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                return await request.body()
        except TimeoutError:
            raise Refused(408, f"the body did not arrive within {self._seconds:g} s.", close=True) from None
        except ClientDisconnect:
            raise Refused(400, "the connection ended before the body.", close=True) from None

    def _take(self, body: bytes) -> bool:
        """Whether it was a reason to ask, and the nudge is on the disk."""
        try:
            delivery = msgspec.json.decode(body, type=Delivery)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refused(422, f"this is no delivery of CVAT's: {error}.") from None
        if not delivery.changed_state or delivery.job is None or not self._is_ours(delivery.job.task_id):
            return False
        try:
            nudge.give(self._home.nudge, datetime.now(UTC))
        except OSError as error:
            raise Refused(503, f"the nudge cannot be written: {error.strerror}.", retry_after=30) from error
        return True

    def _is_ours(self, task: int) -> bool:
        """Whether this home opened the task; a project may have others'."""
        return any(str(task) in one.task.id.split(",") for one in due.opened_tasks(self._home))


def _signed(secret: bytes, body: bytes, request: Request) -> str:
    """The signature, once it is found right in a time that tells nothing of the right one; raises Refused."""
    given = request.headers.get("x-signature-256", "")
    right = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.encode("latin-1"), right.encode()):
        raise Refused(403, f"the signature is not of this body by {SECRET}: give CVAT's webhook the same secret.")
    return right


def _said(status: str, code: int) -> Response:
    return JSONResponse({"status": status}, code)
