"""How long is waited, and what is asked again: only what does no harm when the server got it twice."""

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from autoretrain_assets.errors import StoreError
from autoretrain_assets.patience import FIRST_S, Patience
from autoretrain_assets.store.lakefs.failures import CutOff, Unsure

T = TypeVar("T")

HARMLESS = frozenset({"GET", "HEAD", "DELETE"})
UPLOADS = HARMLESS | {"POST"}
"""A file that is sent twice to one path of a build branch is there once."""

LONGEST_S = 20


def patience(retries: int, methods: frozenset[str] = HARMLESS) -> Patience:
    """So many times again."""
    return Patience.of(retries, methods, LONGEST_S)


def pauses(retries: int) -> Iterator[float]:
    """Seconds to wait before each further try of what urllib3 cannot try again by itself."""
    return (random.uniform(0, min(FIRST_S * 2**number, LONGEST_S)) for number in range(retries))  # noqa: S311 - no secret


def to_its_end(retries: int, ask: Callable[[], T], after: type[Unsure] = CutOff) -> T:
    """The answer to what may be asked twice: where it was cut off, or after that, it is asked again."""
    for pause in pauses(retries):
        try:
            return ask()
        except after:
            time.sleep(pause)
    return ask()


def surely(retries: int, work: Callable[[], None], done: Callable[[], object]) -> None:
    """Do what may not be done twice: where the answer got lost, `done` tells whether it is to be asked for again.

    Raises the failure of `work` where it was refused and `done` says no.
    """
    waits = pauses(retries)
    while True:
        try:
            return work()
        except StoreError as failure:
            if done():
                return None
            pause = next(waits, None)
            if pause is None or not isinstance(failure, Unsure):
                raise
            time.sleep(pause)
