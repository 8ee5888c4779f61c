"""How long is waited, and what is asked again: only what does no harm when the server got it twice."""

from typing import Any, Self

from cvat_sdk.api_client.rest import RESTClientObject
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import TimeoutError  # noqa: A004 - the base of all that took too long
from urllib3.util.retry import Retry

from autoretrain_assets.config.cvat import Cvat

HARMLESS = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
"""Sent twice they leave what they leave sent once; of a PATCH that holds for all that is sent here."""

TOO_MANY, BROKEN = 429, (500, 502, 503, 504)
LONGEST_S, FIRST_S = 30, 0.2


class Patience(Retry):
    """Pauses that double, with jitter; Retry-After counts where the server sends it, up to half a minute."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Of too many requests the server handled none, so that any may be sent again."""
        if status_code == TOO_MANY:
            return bool(self.total)
        return super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        *rest: Any,
        **more: Any,
    ) -> Self:
        """Who was silent for the whole time limit is not asked again: a sensor's tick would not end in time."""
        if isinstance(error, TimeoutError):
            raise error
        return super().increment(method, url, response, error, *rest, **more)


def patience(settings: Cvat) -> Patience:
    """As the settings say. A redirect is not followed: it would carry the credentials elsewhere."""
    return Patience(
        total=settings.retries,
        redirect=False,
        allowed_methods=HARMLESS,
        status_forcelist=[TOO_MANY, *BROKEN],
        backoff_factor=FIRST_S,
        backoff_jitter=FIRST_S,
        backoff_max=LONGEST_S,
        retry_after_max=LONGEST_S,
        raise_on_redirect=False,
        raise_on_status=False,
    )


class Limited(RESTClientObject):  # type: ignore[misc]
    """The SDK's way to ask, with a time limit that holds for all that it asks, its uploads and its login as well."""

    def __init__(self, configuration: Any, seconds: float) -> None:
        super().__init__(configuration)
        self._seconds = seconds

    def request(self, *args: Any, **more: Any) -> Any:
        """As the SDK's, within the limit."""
        return super().request(*args, **more | {"_request_timeout": (self._seconds, self._seconds)})
