"""How a labelling server fails, whichever it is: what a caller can tell apart, each with its way out."""

from autoretrain_assets.errors import LabelingError


class Unreachable(LabelingError):
    """No answer: refused, cut off, too slow, or a certificate that is not trusted. The same may work later."""


class Throttled(LabelingError):
    """It answers too many requests by asking for patience. The same may work later."""


class ServerFault(LabelingError):
    """It failed itself. The same may work later."""


class Refused(LabelingError):
    """It does not take the credentials, or does not let them do this."""


class Expired(Refused):
    """It takes no credentials such as these, any more: missing, wrong or expired. The same works with others."""


class Rejected(LabelingError):
    """It understood and will not do it: what was sent is at odds with what stands there."""


class Gone(LabelingError):
    """It has no such thing, any more."""


class Elsewhere(LabelingError):
    """The task was opened by another backend or on another server; what has its number here is somebody else's."""


class NotTheServer(LabelingError):
    """What answers at the address is something else."""


class Incompatible(LabelingError):
    """It is the right kind of server, and its answers are not of a version that is understood."""


SILENT = (Unreachable, Throttled, ServerFault, NotTheServer)
"""The server could not be asked; the same may work later, by itself. A proxy's page is of these, as of maintenance."""

PASSING = (*SILENT, Expired)
"""What says nothing about a task: it waits until the server can be asked."""
