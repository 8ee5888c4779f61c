"""The errors that autoretrain raises on purpose.

Each message says what happened, to which file or field, and the way out: the command line prints it
as it stands, without a traceback, and exits with the error's code.
"""

import errno

FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
"""What the system answers to whoever may not write in a place."""


class AutoretrainError(Exception):
    """Anything that a person can mend: the command line prints it as one sentence."""

    exit_code = 1


class SettingsError(AutoretrainError):
    """autoretrain.yaml is not what it should be; the message names the line and the field."""

    exit_code = 2


class InputError(AutoretrainError):
    """A file or an argument that a person handed in cannot be used."""

    exit_code = 2


class IntegrityError(AutoretrainError):
    """Stored bytes are not the ones that were stored: a hash does not match or a file is gone."""

    exit_code = 3


class StoreError(AutoretrainError):
    """The version store refused or could not be reached."""

    exit_code = 4


class Conflict(StoreError):
    """The branch moved since it was read: read again and try again."""


class NotFound(StoreError):
    """The store has no such branch, tag, commit or path."""


class LabelingError(AutoretrainError):
    """The labelling backend refused, lost a task, or could not be reached."""

    exit_code = 5


class InboxError(AutoretrainError):
    """A remote inbox refused or could not be reached; the message names its URL, without credentials."""

    exit_code = 7


class TrainingError(AutoretrainError):
    """Training ended without usable weights; the message says of what."""

    exit_code = 6


class Interrupted(BaseException):
    """Someone stopped the work. Like KeyboardInterrupt it is no error that other work goes on after."""

    exit_code = 130
