"""Where a refused event goes: a folder of its own with its file, its image, and the reason."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from autoretrain_assets.files import atomic_path, write_json


def refuse(event: Path, image: Path | None, quarantine: Path, day: str, reason: str, now: datetime) -> None:
    """Keep a copy of the event in quarantine, with its reason, and only then take it out of the inbox.

    The folder is named by the event's bytes: a kill in between and a second try make no second one. The
    image stays in the inbox where another event may need it; it is copied.
    """
    content = event.read_bytes()
    folder = quarantine / day / f"{event.stem[:80]}-{hashlib.sha256(content).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    if image is not None:
        with atomic_path(folder / image.name) as temporary:
            shutil.copyfile(image, temporary)
    with atomic_path(folder / "event.json") as temporary:
        temporary.write_bytes(content)
    write_json(folder / "reason.json", {"reason": reason, "file": event.name, "at": now.isoformat()})
    event.unlink()
