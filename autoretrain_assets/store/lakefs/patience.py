"""How long is waited, and what is asked again: only what does no harm when the server got it twice."""

import random
from collections.abc import Iterator

from autoretrain_assets.patience import FIRST_S, Patience

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
