"""The ways into a home: its inbox folder, or its door over HTTP."""

import errno
import json
import os
import re
import uuid
from collections.abc import Mapping
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from autoretrain_assets.production.inbox import write_event

TOKEN = "AUTORETRAIN_TOKEN"  # noqa: S105 - the name of a variable
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".bmp": "image/bmp"}
SECONDS = 10.0
"""A server that says nothing for so long is away."""

MAX_ANSWER_BYTES = 10_000
"""A door's answer has some 200; a stranger's may have no end."""

FOR_EVER = frozenset({400, 409, 413, 415, 422})
"""What a door says of the event itself. All else may be a proxy's or an operator's passing mistake."""


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
    """The sender for a folder, or for an address that starts with http:// or https://; raises ValueError."""
    if isinstance(inbox, str) and "://" in inbox:
        return HttpSender(inbox)
    return FolderSender(Path(inbox).absolute())  # whoever goes into the background changes its folder


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
        except (ValueError, KeyError) as error:
            raise Refused(f"{self._inbox} takes no event of that form.") from error


class HttpSender:
    """Posts to `<address>/events`, with the token that the environment names, if it does.

    It follows no redirect, which would make the POST a GET and hand the token to a stranger.
    """

    def __init__(self, address: str) -> None:
        """Raises ValueError, without the secret in it, where the address or the token can never be sent."""
        self._address = _checked(address).rstrip("/") + "/events"
        self._token = _token()

    def send(self, event: Mapping[str, Any], image: bytes, suffix: str) -> None:
        """200 and 202 are taken if they name the event, which whoever else answers there does not.

        400, 409, 413, 415 and 422 are refused for ever; all else, as 401 or no answer, is away.
        """
        from http.client import HTTPException

        kind, body = _multipart(event, image, suffix)
        headers = {"Content-Type": kind}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            code, pause, said = self._post(body, headers)
        except (OSError, HTTPException) as error:
            raise Away(f"{self._address} does not answer ({type(error).__name__}).") from error
        if code not in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
            why = f"{self._address} answered {code}."
            raise Refused(why) if code in FOR_EVER else Away(why, pause)
        if _event_id(said) != event["event_id"]:
            raise Away(f"{self._address} answered {code} without the event's id: it is no door, or a proxy before it.")

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, float, bytes]:
        """The answer's code, the pause that it asks for, and the start of what it says."""
        from http.client import HTTPConnection, HTTPSConnection
        from urllib.parse import urlsplit

        parts = urlsplit(self._address)
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        with closing(connect(parts.netloc, timeout=SECONDS)) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):  # who refuses a body may answer before all of it came
                connection.request("POST", parts.path, body, headers)
            answer = connection.getresponse()
            pause = _seconds(answer.headers.get("Retry-After", ""))
            return answer.status, pause, answer.read(MAX_ANSWER_BYTES)


def _checked(address: str) -> str:
    """The address, if a request can go there. What is wrong is said without it: a password may stand in it."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
        host, _ = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        host = b""
    if not (host and address.startswith(("http://", "https://")) and re.fullmatch(r"[^\x00-\x20\x7f?#]+", address)):
        raise ValueError("inbox: write the door's address as https://host:8000, without blanks, ? or #.")
    if "@" in parts.netloc:
        raise ValueError(f"inbox: no name or password goes before the address's @: set {TOKEN} instead.")
    if not parts.path.isascii():
        raise ValueError("inbox: write the path of the door's address in ASCII, as %C3%A4.")
    return address


def _token() -> str:
    token = os.environ.get(TOKEN, "").strip()
    if not (token.isascii() and token.isprintable()):
        raise ValueError(f"{TOKEN} holds what no header may, such as a line break: set it to plain letters and digits.")
    return token


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


def _event_id(answer: bytes) -> Any:
    """The event that an answer names; None where it is no door's answer."""
    try:
        return json.loads(answer)["event_id"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _seconds(retry_after: str) -> float:
    """A date instead of seconds is no answer that a pause of our own would not give as well."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
