"""The commands that a person types, a group a file; no logic of its own."""

import errno
import sys

from autoretrain_assets.cli import (
    homes,
    intake,
    labelling,
    quarantine,
    releases,
    replays,
    runs,
    states,
    stores,
    versions,
)
from autoretrain_assets.cli.options import app
from autoretrain_assets.errors import FORBIDDEN, AutoretrainError, Interrupted

__all__ = [
    "homes",
    "intake",
    "labelling",
    "main",
    "quarantine",
    "releases",
    "replays",
    "runs",
    "states",
    "stores",
    "versions",
]
"""Each group adds its commands to the application when it is imported; help lists them in this order."""

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
AWAY = {errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ENODEV, errno.ETIMEDOUT, errno.ENAMETOOLONG, errno.ELOOP}
"""What the system answers where a disk or a share is gone or broken, or no path can be like that."""


def main() -> None:
    """Run a command; an error that a person can mend is one sentence and a code, not a traceback."""
    try:
        app(prog_name="autoretrain")
    except (AutoretrainError, Interrupted) as error:
        _end(str(error), error.exit_code)
    except OSError as error:
        if error.errno in FULL:
            _end("the disk is full, or a limit on files: make room and run the same command again; nothing is lost.", 1)
        if error.errno in FORBIDDEN:
            _end(
                f"{error.filename or 'a file'}: {error.strerror}: let this user write there, or run the command as the "
                "home's owner; nothing is lost.",
                1,
            )
        if error.errno in AWAY:
            _end(
                f"{error.filename or 'a file'}: {error.strerror}: see whether the path is right and its disk is there, "
                "then run the same command again.",
                1,
            )
        raise


def _end(sentence: str, code: int) -> None:
    sys.stderr.write(f"autoretrain: {sentence}\n")
    raise SystemExit(code) from None
