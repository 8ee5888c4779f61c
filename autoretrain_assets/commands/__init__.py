"""What the commands do, one noun a file: each takes a home and returns the lines to print.

A file is imported when a command of it is asked for: whoever asks for a home's state need not wait for Dagster.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autoretrain_assets.commands.homes import make_home
    from autoretrain_assets.commands.labelling import finish_task, label_lines
    from autoretrain_assets.commands.releases import abandon, release, roll_back
    from autoretrain_assets.commands.runs import backfill, run_due

__all__ = ["abandon", "backfill", "finish_task", "label_lines", "make_home", "release", "roll_back", "run_due"]

_FILES = {
    "make_home": "homes",
    "run_due": "runs",
    "backfill": "runs",
    "release": "releases",
    "roll_back": "releases",
    "abandon": "releases",
    "label_lines": "labelling",
    "finish_task": "labelling",
}


def __getattr__(name: str) -> Any:
    """The command of that name, from its file."""
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
