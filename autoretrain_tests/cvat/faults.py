"""What a server may be told to do wrong, and what it was asked."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from autoretrain_tests.cvat.server.calls import Answer, Call


class Kind(StrEnum):
    """A way to fail."""

    THROTTLED = "throttled"
    """429 with Retry-After: `seconds`."""
    BROKEN = "broken"
    """500 with a page of the server's."""
    GATEWAY = "gateway"
    """502 with a page of a proxy's."""
    SLOW = "slow"
    """The right answer, after `seconds`."""
    CUT_BEFORE = "cut before"
    """The connection ends; nothing was done."""
    CUT_AFTER = "cut after"
    """The connection ends; it was done."""
    EXPIRED = "expired"
    """401, as for a token that is no longer one."""
    STRANGER = "stranger"
    """200 with a web page: another server listens there."""


ANSWERS = {
    Kind.BROKEN: Answer(b"<h1>Server Error (500)</h1>", 500, content_type="text/html"),
    Kind.GATEWAY: Answer(b"<html><h1>502 Bad Gateway</h1></html>", 502, content_type="text/html"),
    Kind.EXPIRED: Answer({"detail": "Invalid token."}, 401),
    Kind.STRANGER: Answer(b"<html><h1>It works!</h1></html>", content_type="text/html"),
}


@dataclass
class Fault:
    """Fails the calls that match, `times` of them, after it let `skip` go by."""

    matches: Callable[[Call], bool]
    kind: Kind
    times: int
    skip: int
    seconds: float

    def answer(self) -> Answer | None:
        """What goes back in place of the right answer; None for what is no answer of its own."""
        if self.kind is Kind.THROTTLED:
            return Answer({"detail": "Request was throttled."}, 429, {"Retry-After": f"{self.seconds:g}"})
        return ANSWERS.get(self.kind)


@dataclass
class Faults:
    """The faults that are still to come, first told first done."""

    waiting: list[Fault] = field(default_factory=list)

    def add(
        self, match: str | Callable[[Call], bool], kind: str, times: int = 1, *, skip: int = 0, seconds: float = 1
    ) -> None:
        """Fail calls whose "METHOD /path" the pattern is found in, or of which the function says so."""
        pattern = match
        matches = match if callable(match) else lambda call: bool(re.search(pattern, f"{call.method} {call.path}"))
        self.waiting.append(Fault(matches, Kind(kind), times, skip, seconds))

    def clear(self) -> None:
        """Nothing goes wrong from now on."""
        self.waiting.clear()

    def of(self, call: Call) -> Fault | None:
        """The fault that this call meets."""
        for fault in self.waiting:
            if not fault.matches(call):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times == 0:
                self.waiting.remove(fault)
            return fault
        return None


@dataclass(frozen=True)
class Exchange:
    """One request and the status of its answer; 0 where none went back."""

    method: str
    path: str
    query: dict[str, str]
    status: int


@dataclass
class Log:
    """Every request, in the order of their answers."""

    exchanges: list[Exchange] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    """Tracebacks of the stand-in's own defects; `stop` fails on them."""

    def count(self, pattern: str = "") -> int:
        """How many had "METHOD /path" that the pattern is found in."""
        return sum(bool(re.search(pattern, f"{seen.method} {seen.path}")) for seen in self.exchanges)

    def clear(self) -> None:
        """Count from here."""
        self.exchanges.clear()
