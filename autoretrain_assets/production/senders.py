"""The ways into a home: its inbox folder, or its door over HTTP."""

import errno
import json
import os
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from autoretrain_assets.production.inbox import write_event

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

TOKEN = "AUTORETRAIN_TOKEN"  # noqa: S105 - the name of a variable
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".bmp": "image/bmp"}
SECONDS = 10.0
"""A server that says nothing for so long is away."""

FOR_NOW = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


class Away(Exception):
    """The event could not be taken now: send it again later. `seconds` is the pause that was asked for, or 0."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


class Refused(Exception):
    """The event will never be taken."""


class Sender(Protocol):
    """A way into a home. Sending an event again that was taken already must change nothing."""

    def send(self, event: Mapping[str, Any], image: bytes, suffix: str) -> None:
        """Hand the event over, durably; raises Away or Refused."""


def sender_to(inbox: str | os.PathLike[str]) -> Sender:
    """The sender for a folder, or for an address that starts with http:// or https://."""
    if isinstance(inbox, str) and inbox.startswith(("http://", "https://")):
        return HttpSender(inbox)
    return FolderSender(Path(inbox))


class FolderSender:
    """Writes into the inbox of a home on this machine, or on a share."""

    def __init__(self, inbox: Path) -> None:
        self._inbox = inbox

    def send(self, event: Mapping[str, Any], image: bytes, suffix: str) -> None:
        """A missing inbox is never made: where a share is not mounted, its events would vanish below it."""
        if not self._inbox.is_dir():
            raise Away(f"{self._inbox} is no folder.")
        try:
            write_event(self._inbox, event, image, suffix)
        except OSError as error:
            if error.errno in {errno.EINVAL, errno.ENAMETOOLONG}:
                raise Refused(f"{self._inbox} takes no file of that name.") from error
            raise Away(f"{self._inbox} cannot be written ({error.strerror}).") from error


class HttpSender:
    """Posts to `<address>/events`, with the token that the environment names, if it does."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/") + "/events"
        self._opener: OpenerDirector | None = None

    def send(self, event: Mapping[str, Any], image: bytes, suffix: str) -> None:
        """200 and 202 are taken; 408, 429, 5xx and no answer are away; anything else, as 409, is refused for ever."""
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.request import Request

        kind, body = _multipart(event, image, suffix)
        headers = {"Content-Type": kind}
        if token := os.environ.get(TOKEN):
            headers["Authorization"] = f"Bearer {token}"
        try:
            request = Request(self._address, body, headers, method="POST")  # noqa: S310 - sender_to saw its scheme
            with self._opened().open(request, timeout=SECONDS) as answer:
                code, pause = answer.status, 0.0
        except HTTPError as error:
            code, pause = error.code, _seconds(error.headers.get("Retry-After", ""))
            error.close()
        except (OSError, HTTPException) as error:
            raise Away(f"{self._address} does not answer ({type(error).__name__}).") from error
        if code not in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
            why = f"{self._address} answered {code}."
            raise Away(why, pause) if code in FOR_NOW or code >= HTTPStatus.INTERNAL_SERVER_ERROR else Refused(why)

    def _opened(self) -> "OpenerDirector":
        """One that follows no redirect: it would make the POST a GET, and hand the token to a stranger."""
        from urllib.request import HTTPRedirectHandler, build_opener

        class Stay(HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                return None

        if self._opener is None:
            self._opener = build_opener(Stay)
        return self._opener


def _multipart(event: Mapping[str, Any], image: bytes, suffix: str) -> tuple[str, bytes]:
    boundary = uuid.uuid4().hex
    said = json.dumps(event, allow_nan=False).encode()
    parts = [
        b'name="event"\r\nContent-Type: application/json\r\n\r\n' + said,
        f'name="image"; filename="image{suffix}"\r\nContent-Type: {TYPES[suffix]}\r\n\r\n'.encode() + image,
    ]
    start = f"--{boundary}\r\nContent-Disposition: form-data; ".encode()
    body = b"".join(start + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _seconds(retry_after: str) -> float:
    """A date instead of seconds is no answer that a pause of our own would not give as well."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
