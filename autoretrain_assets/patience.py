"""What is asked of a server again, and after which pauses."""

from urllib3.util.retry import Retry

TOO_MANY, BROKEN = 429, (500, 502, 503, 504)
FIRST_S = 0.2


class Patience(Retry):
    """Pauses that double, with jitter; Retry-After counts where the server sends it."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Of too many requests the server handled none, so that any may be sent again."""
        if status_code == TOO_MANY:
            return bool(self.total)
        return super().is_retry(method, status_code, has_retry_after)

    @classmethod
    def of(cls, retries: int, methods: frozenset[str], longest: int) -> "Patience":
        """So many times again, by these methods, with pauses of at most so many seconds.

        A redirect is not followed: it would carry the credentials elsewhere.
        """
        return cls(
            total=retries,
            redirect=False,
            allowed_methods=methods,
            status_forcelist=[TOO_MANY, *BROKEN],
            backoff_factor=FIRST_S,
            backoff_jitter=FIRST_S,
            backoff_max=longest,
            retry_after_max=longest,
            raise_on_redirect=False,
            raise_on_status=False,
        )
