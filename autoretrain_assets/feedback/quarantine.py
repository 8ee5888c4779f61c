"""Where a refused event goes: a folder of its own with its file, its image, and the reason."""

import hashlib
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from autoretrain_assets.feedback.inbox import Waiting
from autoretrain_assets.files import sha256_of, write_json


def keep(waiting: Waiting, quarantine: Path, reason: str, now: datetime) -> None:
    """Copy the event, its image and the reason into a folder of quarantine that is whole or absent.

    The folder is named by the bytes of both, so that a second try after a kill makes no second one, and the
    same event with another image does not take its place. Of a link, which may lead anywhere, nothing but
    where it points is kept.
    """
    day = quarantine / waiting.day.isoformat()
    folder = day / _name(waiting)
    if folder.is_dir():
        return
    staging = day / f".{folder.name}.tmp"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    if not waiting.path.is_symlink():
        shutil.copyfile(waiting.path, staging / "event.json")
    if waiting.image is not None:
        shutil.copyfile(waiting.image, staging / waiting.image.name)
    write_json(staging / "reason.json", _reason(waiting, reason, now))
    for path in staging.iterdir():
        _flush(path)
    staging.rename(folder)


def _name(waiting: Waiting) -> str:
    kept = [str(waiting.path.readlink()) if waiting.path.is_symlink() else sha256_of(waiting.path)]
    kept += [waiting.image.name, sha256_of(waiting.image)] if waiting.image else []
    digest = hashlib.sha256("\n".join(kept).encode("utf-8", "surrogateescape")).hexdigest()
    # a name that is plain on any file system, whatever the producer called its file
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', waiting.path.stem)[:80]}-{digest[:12]}"


def _reason(waiting: Waiting, reason: str, now: datetime) -> dict[str, str]:
    facts = {"reason": reason, "field": reason.partition(":")[0], "file": _readable(waiting.path.name)}
    if waiting.path.is_symlink():
        facts["link_to"] = _readable(str(waiting.path.readlink()))
    return facts | {"at": now.isoformat()}


def _readable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
