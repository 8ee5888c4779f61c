"""What became of the events: counted by reason, and told to the log now and then."""

import logging
import threading
import time
from collections import Counter
from contextlib import suppress

LOG = logging.getLogger("autoretrain.production")
QUIET_SECONDS = 60.0
"""A reason is logged at most once in so many seconds: a broken disk must not fill the log too."""


class Unusable(Exception):
    """What was handed in cannot become an event; `reason` is a word to count by, the message says why."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class Tally:
    """Counters that many threads share."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """All at zero, and a lock that nobody holds: in a forked child the parent's may be held for ever."""
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._losses: Counter[str] = Counter()
        self._logged: dict[str, float] = {}

    @property
    def counts(self) -> dict[str, int]:
        """How often each thing happened."""
        with self._lock:
            return dict(self._counts)

    @property
    def losses(self) -> dict[str, int]:
        """How many events were lost, by reason."""
        with self._lock:
            return dict(self._losses)

    def count(self, what: str, times: int = 1, why: str = "") -> None:
        """Count what is no loss; with a reason to give, log it."""
        with self._lock:
            self._counts[what] += times
            silent = not why or self._was_logged(what)
        if not silent:
            _log("%s", why)

    def lose(self, reason: str, why: str, *, traceback: bool = False) -> None:
        """Count a lost event, and log it."""
        with self._lock:
            self._losses[reason] += 1
            lost, silent = self._losses[reason], self._was_logged(reason)
        if not silent:
            _log("Feedback is lost (%s, %d so far): %s", reason, lost, why, traceback=traceback)

    def _was_logged(self, what: str) -> bool:
        """Whether it was a moment ago; if not, it is now."""
        now = time.monotonic()
        if now - self._logged.get(what, -QUIET_SECONDS) < QUIET_SECONDS:
            return True
        self._logged[what] = now
        return False


def _log(message: str, *told: object, traceback: bool = False) -> None:
    """A handler that raises is dropped in silence: it would break production, and where else could it be told?"""
    with suppress(Exception):
        LOG.warning(message, *told, exc_info=traceback)
