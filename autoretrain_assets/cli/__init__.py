"""The commands that a person types, a group a file; no logic of its own."""

import errno
import sys

from autoretrain_assets.cli import homes, labelling, releases, replays, runs
from autoretrain_assets.cli.options import app
from autoretrain_assets.errors import AutoretrainError

__all__ = ["homes", "labelling", "main", "releases", "replays", "runs"]
"""Each group adds its commands to the application when it is imported; help lists them in this order."""


def main() -> None:
    """Run a command; an error that a person can mend is one sentence and a code, not a traceback."""
    try:
        app(prog_name="autoretrain")
    except AutoretrainError as error:
        sys.stderr.write(f"autoretrain: {error}\n")
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        sys.stderr.write("autoretrain: the disk is full: make room and run the same command again; nothing is lost.\n")
        raise SystemExit(1) from None
