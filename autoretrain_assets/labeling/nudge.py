"""A nudge: people finished something, so whoever asks a server only now and then asks at once.

It is a file, so that it outlives both who gives it and who waits for it. To lose one loses nothing but time.
"""

from datetime import datetime
from pathlib import Path

from autoretrain_assets import files


def give(path: Path, now: datetime) -> None:
    """Return once the nudge is on the disk; it takes the place of an older one."""
    files.write_text(path, f"{now.isoformat()}\n")


def last(path: Path) -> str:
    """What tells the last nudge from any other; empty where there was none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
