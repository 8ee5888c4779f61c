"""A request as the endpoints see it, their answers, and the table of endpoints."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from autoretrain_tests.cvat.server.people import Organization, User
from autoretrain_tests.cvat.server.world import World

JSON = "application/vnd.cvat+json"


@dataclass(frozen=True)
class Answer:
    """What goes back; bytes as they are, None as an empty body, all else as JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON
    cookies: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Said(dict[str, Any]):
    """What a body says; a field that is asked for and is not there is a 400."""

    def __missing__(self, name: str) -> Any:
        raise Refusal(400, {name: ["This field is required."]})


class Refusal(Exception):
    """An answer that ends a call early."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status, body)
        self.answer = Answer(body, status)


@dataclass
class Call:
    """One request: who asks what, in which organization."""

    world: World
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    origin: str
    user: User | None = None
    organization: Organization | None = None

    def json(self) -> Said:
        """The body as an object; an empty one for no body, 400 for what is none."""
        try:
            return Said(json.loads(self.body or b"{}"))
        except ValueError as error:
            raise Refusal(400, {"detail": f"JSON parse error - {error}"}) from error

    def form(self) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
        """A multipart body: its fields, and its files as (name, bytes) in their order."""
        boundary = self.headers["Content-Type"].partition("boundary=")[2].encode()
        fields, files = {}, []
        for part in self.body.split(b"--" + boundary)[1:-1]:
            head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            said = dict(re.findall(r'(\w+)="([^"]*)"', head.decode()))
            content = content.removesuffix(b"\r\n")
            if "filename" in said:
                files.append((said["filename"], content))
            else:
                fields[said["name"]] = content.decode()
        return fields, files

    @property
    def asker(self) -> User:
        """Who asks; 401 where nobody does."""
        if self.user is None:
            raise Refusal(401, {"detail": "Authentication credentials were not provided."})
        return self.user


Endpoint = Callable[..., Any]
_TABLE: list[tuple[str, re.Pattern[str], Endpoint]] = []


def endpoint(method: str, path: str) -> Callable[[Endpoint], Endpoint]:
    """Answer for this method and path; `{number}` in it is a number that the endpoint takes, `{name}` a text."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path).replace("(?P<number>[^/]+)", r"(?P<number>\d+)")

    def keep(function: Endpoint) -> Endpoint:
        _TABLE.append((method, re.compile(pattern + "/?"), function))
        return function

    return keep


def answer_of(call: Call) -> Answer:
    """Find the endpoint, ask it, and make an answer of what it said."""
    found = [
        (method, match, function) for method, pattern, function in _TABLE if (match := pattern.fullmatch(call.path))
    ]
    if not found:
        return Answer({"detail": "Not found."}, 404)
    for method, match, function in found:
        if method == call.method:
            said = {name: int(text) if name == "number" else text for name, text in match.groupdict().items()}
            answer = function(call, **said)
            return answer if isinstance(answer, Answer) else Answer(answer)
    return Answer({"detail": f'Method "{call.method}" not allowed.'}, 405)


def date(moment: datetime | None) -> str | None:
    """As the API writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None
