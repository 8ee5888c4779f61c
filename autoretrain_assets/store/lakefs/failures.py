"""What the server's refusals mean here, and the way out of each."""

from http import HTTPStatus

from autoretrain_assets.errors import Conflict, NotFound, StoreError
from autoretrain_assets.store.lakefs.credentials import KEY, SECRET


class CutOff(StoreError):
    """A file stopped in the middle of its way here: it may be asked for again."""


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


def refused(address: str, doing: str, status: int, said: str) -> StoreError:
    """The error for a status that is no success; `said` is the server's own reason."""
    told = f"lakeFS at {address} refused ({doing}: {status}): {said.strip() or 'without a reason'}."
    if _DIRTY in said:
        return StoreError(
            f"{told} Somebody uploaded to that branch without a commit, and nothing is written over it: "
            "commit those changes in lakeFS, or reset the branch there, then run this step again."
        )
    if status >= _FAULT:
        return StoreError(f"{told} The fault is the server's: look into its log, and run this step again.")
    return _KINDS.get(status, StoreError)(" ".join([told, _WAYS_OUT.get(status, "")]).strip())


def unreachable(address: str, doing: str, reason: str, kind: type[StoreError] = StoreError) -> StoreError:
    """The error for a server that gave no answer that can be read, or none to its end."""
    return kind(
        f"lakeFS at {address} did not answer ({doing}): {reason}. "
        "See that it runs and that store.lakefs.url is right, then run this step again."
    )
