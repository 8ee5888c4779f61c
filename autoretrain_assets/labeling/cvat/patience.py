"""How long is waited, and what is asked again: only what does no harm when the server got it twice."""

from typing import Any, Self

from cvat_sdk.api_client.rest import RESTClientObject
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import TimeoutError  # noqa: A004 - the base of all that took too long

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.patience import Patience

HARMLESS = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
"""Sent twice they leave what they leave sent once; of a PATCH that holds for all that is sent here."""

LONGEST_S = 30


class Impatient(Patience):
    """As patient, but with a server that is silent."""

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
    """As the settings say."""
    return Impatient.of(settings.retries, HARMLESS, LONGEST_S)


class Limited(RESTClientObject):  # type: ignore[misc]
    """The SDK's way to ask, with a time limit that holds for all that it asks, its uploads and its login as well."""

    def __init__(self, configuration: Any, seconds: float) -> None:
        super().__init__(configuration)
        self._seconds = seconds

    def request(self, *args: Any, **more: Any) -> Any:
        """As the SDK's, within the limit."""
        return super().request(*args, **more | {"_request_timeout": (self._seconds, self._seconds)})
