"""How a request is refused: a status, one sentence, the field."""

from http import HTTPStatus

from starlette.responses import JSONResponse

from autoretrain_assets.errors import AutoretrainError, InputError


class Refused(AutoretrainError):
    """A request that is answered by an error.

    `field` is the part of the event that is wrong. `retry_after` are the seconds after which the same
    request may come again. `close` ends the connection, where what still comes on it cannot be told apart.
    """

    def __init__(
        self, status: int, error: str, field: str | None = None, retry_after: int | None = None, close: bool = False
    ) -> None:
        super().__init__(error)
        self.status, self.field, self.retry_after, self.close = status, field, retry_after, close


def malformed(error: InputError, status: int = 422) -> Refused:
    """The refusal of an event whose error begins with its field, as `predictions.3.label: …`."""
    return Refused(status, str(error), str(error).partition(":")[0])


def refusal(error: Refused) -> JSONResponse:
    """The answer: `{"error": …, "field": …}`."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.close:
        headers["Connection"] = "close"
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": str(error), "field": error.field}, error.status, headers)
