"""What production calls: standard library only, so that importing it costs nothing."""

import json
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def write_event(inbox: Path, event: Mapping[str, Any], image: bytes | Path, suffix: str = ".jpg") -> Path:
    """Put an event and its image into the inbox; returns the event's file.

    The image is whole before the event appears. `event` needs event_id and captured_at (ISO 8601 with a
    zone); its `image` is set here.
    """
    day = datetime.fromisoformat(event["captured_at"]).astimezone(UTC).date().isoformat()
    folder = inbox / day
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{event['event_id']}{suffix}"
    _write(folder / name, image if isinstance(image, bytes) else image.read_bytes())
    target = folder / f"{event['event_id']}.json"
    _write(target, json.dumps({**event, "image": name}).encode())
    return target


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
