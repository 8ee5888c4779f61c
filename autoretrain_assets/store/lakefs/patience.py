"""How long is waited, and what is asked again: only what does no harm when the server got it twice."""

import random
from collections.abc import Iterator

from urllib3.util.retry import Retry

HARMLESS = frozenset({"GET", "HEAD", "DELETE"})
UPLOADS = HARMLESS | {"POST"}
"""A file that is sent twice to one path of a build branch is there once."""

TOO_MANY, BROKEN = 429, (500, 502, 503, 504)
LONGEST_S, FIRST_S = 20, 0.2


class Patience(Retry):
    """Pauses that double, with jitter; Retry-After counts where the server sends it."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Of too many requests the server handled none, so that any may be sent again."""
        if status_code == TOO_MANY:
            return bool(self.total)
        return super().is_retry(method, status_code, has_retry_after)


def patience(retries: int, methods: frozenset[str] = HARMLESS) -> Patience:
    """So many times again. A redirect is not followed: it would carry the credentials elsewhere."""
    return Patience(
        total=retries,
        redirect=False,
        allowed_methods=methods,
        status_forcelist=[TOO_MANY, *BROKEN],
        backoff_factor=FIRST_S,
        backoff_jitter=FIRST_S,
        backoff_max=LONGEST_S,
        retry_after_max=LONGEST_S,
        raise_on_redirect=False,
        raise_on_status=False,
    )


def pauses(retries: int) -> Iterator[float]:
    """Seconds to wait before each further try of what urllib3 cannot try again by itself."""
    return (random.uniform(0, min(FIRST_S * 2**number, LONGEST_S)) for number in range(retries))  # noqa: S311 - no secret
