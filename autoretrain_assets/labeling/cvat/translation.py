"""The one place where what the SDK raises becomes a failure of labelling: its errors share no base class."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from cvat_sdk.api_client.exceptions import ApiException
from cvat_sdk.core.exceptions import CvatSdkException
from urllib3.exceptions import HTTPError, SSLError

from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling import failures

SHOWN = 300
"""Characters of a server's own words that are told."""

_STATES: dict[int, tuple[type[LabelingError], str]] = {
    401: (failures.Expired, "does not take the credentials: mend CVAT_TOKEN, or CVAT_USER and CVAT_PASSWORD"),
    403: (failures.Refused, "does not allow this: give the user of the credentials the right to, as a maintainer has"),
    404: (failures.Gone, "has no such thing"),
    413: (failures.Rejected, "or a proxy before it takes no request of this size: lower labeling.cvat.images_per_task"),
    429: (failures.Throttled, "asks for patience: too many requests; the next run asks again"),
}


@contextmanager
def translated(server: str, doing: str, redacted: Callable[[str], str]) -> Iterator[None]:
    """Raise a failure of labelling for whatever goes wrong while `doing` with the server at that address.

    What was raised is not told along: its text has the headers of the answer, and so may have a session in it.
    """
    try:
        yield
    except ApiException as error:
        kind, said = _of_status(error)
        raise kind(redacted(f"CVAT at {server} {said} ({doing}{_detail(error)}).")) from None
    except (CvatSdkException, HTTPError) as error:
        raise failures.Unreachable(redacted(f"CVAT at {server} {_of_network(error)} ({doing}).")) from None
    except msgspec.ValidationError as error:
        raise failures.Incompatible(
            f"CVAT at {server} answers in a way that is not known here ({doing}: {error}): "
            "it may be of a version that autoretrain does not know."
        ) from None
    except (ValueError, TypeError, AttributeError, AssertionError, msgspec.DecodeError):
        # The SDK falls over what it did not expect, such as a page of HTML, in any of these ways.
        raise failures.NotTheServer(
            f"What answers at {server} is not CVAT ({doing}): mend labeling.cvat.url, or look what is between."
        ) from None


def _of_status(error: ApiException) -> tuple[type[LabelingError], str]:
    status = error.status or 0
    if status in _STATES:
        return _STATES[status]
    if status >= 500:  # noqa: PLR2004 - HTTP's own number
        return failures.ServerFault, f"failed itself (status {status}): the next run asks again; its own logs say why"
    if 300 <= status < 400:  # noqa: PLR2004
        return failures.NotTheServer, "sends elsewhere: write the address where it ends into labeling.cvat.url"
    if not status:
        return failures.Unreachable, "cannot be reached safely: mend its certificate, or name labeling.cvat.ca_file"
    return failures.Rejected, f"will not do this (status {status})"


def _of_network(error: Exception) -> str:
    cause: object = getattr(error, "reason", None) or error
    if isinstance(cause, SSLError):
        return f"has a certificate that is not trusted ({cause}): mend it, or name labeling.cvat.ca_file"
    told = " ".join(str(cause).split())[:SHOWN]
    return f"does not answer ({type(cause).__name__}: {told}): start it, or mend labeling.cvat.url"


def _detail(error: ApiException) -> str:
    """What the server says of it, where it says something in short and not as a page."""
    body = error.body.decode(errors="replace") if isinstance(error.body, bytes) else str(error.body or "")
    told = " ".join(body.split())
    return "" if not told or told.startswith("<") else f": {told[:SHOWN]}"
