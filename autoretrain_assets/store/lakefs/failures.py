"""What the server's refusals mean here, and the way out of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from urllib3.exceptions import HTTPError, MaxRetryError

from autoretrain_assets.errors import Conflict, NotFound, StoreError
from autoretrain_assets.store.lakefs.credentials import KEY, SECRET, Credentials
from autoretrain_assets.store.lakefs.wire import Trouble


class Unsure(StoreError):
    """No answer that can be read: the server may have done it or not."""


class CutOff(Unsure):
    """An answer stopped in the middle: what was only read may be asked for again."""


class Gone(StoreError):
    """The server knows the file, and its storage has lost the bytes."""


_KINDS: dict[int, type[StoreError]] = {
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.GONE: Gone,
    HTTPStatus.PRECONDITION_FAILED: Conflict,
}
_WAYS_OUT: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: f"It does not know the credentials: mend {KEY} and {SECRET} in the environment.",
    HTTPStatus.FORBIDDEN: "These credentials may not do that: have the right given to them, or use others.",
    HTTPStatus.GONE: "The bytes are lost: restore the object from a backup of lakeFS's storage.",
    HTTPStatus.TOO_MANY_REQUESTS: "It is asked too often: try again later, or lower store.lakefs.upload_threads.",
}
_FAULT = 500
_DIRTY = "dirty branch"


@dataclass(frozen=True, slots=True)
class Failures:
    """The errors of one server, in whose texts no secret is."""

    address: str
    credentials: Credentials

    def refused(self, doing: str, status: int, body: bytes | str | None) -> StoreError:
        """The error for a status that is no success; `body` is the server's answer."""
        return self.refused_saying(doing, status, _reason(body))

    def refused_saying(self, doing: str, status: int, reason: str) -> StoreError:
        """The same where the server's own reason was read already."""
        said = self.credentials.redacted(reason)
        told = f"lakeFS at {self.address} refused ({doing}: {status}): {said.strip() or 'without a reason'}."
        if _DIRTY in said:
            return StoreError(
                f"{told} Somebody uploaded to that branch without a commit, and nothing is written over it: "
                "commit those changes in lakeFS, or reset the branch there, then run this step again."
            )
        if status >= _FAULT:
            return Unsure(f"{told} The fault is the server's: look into its log, and run this step again.")
        return _KINDS.get(status, StoreError)(" ".join([told, _WAYS_OUT.get(status, "")]).strip())

    def unanswered(self, doing: str, error: Exception) -> Unsure:
        """The error for a server that gave no answer that can be read, or none to its end."""
        # What was tried often enough is told so; any other failure of the network is one in the middle of an answer.
        kind = CutOff if isinstance(error, HTTPError) and not isinstance(error, MaxRetryError) else Unsure
        cause = getattr(error, "reason", None) or error
        return kind(
            f"lakeFS at {self.address} did not answer ({doing}): "
            f"{self.credentials.redacted(f'{type(cause).__name__}: {cause}')}. "
            "See that it runs and that store.lakefs.url is right, then run this step again."
        )

    @contextmanager
    def translated(self, doing: str) -> Iterator[None]:
        """What the network and the reading of an answer raise, as that error."""
        try:
            yield
        except (HTTPError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self.unanswered(doing, error) from None


def _reason(body: bytes | str | None) -> str:
    try:
        return msgspec.json.decode(body or b"{}", type=Trouble).message
    except msgspec.DecodeError:
        return str(body)[:200]
