"""What production calls: standard library only, so that importing it costs nothing."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def write_event(inbox: Path, event: Mapping[str, Any], image: bytes | Path, suffix: str = ".jpg") -> Path:
    """Put an event and its image into the inbox; returns the event's file.

    The image is whole before the event appears. `event` needs event_id and captured_at (ISO 8601 with a
    zone); its `image` is set here. The same event again is one file. Another event of the same id does not
    take the first one's place: it gets a name of its own, and intake refuses it. Raises ValueError where
    the id cannot be a file's name or captured_at is no time with a zone.
    """
    event_id, content = str(event["event_id"]), image if isinstance(image, bytes) else image.read_bytes()
    if re.fullmatch(r"[A-Za-z0-9_:-][A-Za-z0-9._:-]{0,127}", event_id) is None:
        raise ValueError(f"event_id {event_id!r}: use 1 to 128 of A-Z a-z 0-9 . _ : - and no dot in front.")
    folder = inbox / _day(str(event["captured_at"]))
    folder.mkdir(parents=True, exist_ok=True)
    name = event_id
    if _is_taken(folder / f"{name}{suffix}", content) or _is_taken(folder / f"{name}.json", _said(event, name, suffix)):
        name += "~" + hashlib.sha256(_said(event, name, suffix) + content).hexdigest()[:12]
    _write(folder / f"{name}{suffix}", content)
    _write(folder / f"{name}.json", _said(event, name, suffix))
    return folder / f"{name}.json"


def _day(captured_at: str) -> str:
    captured = datetime.fromisoformat(captured_at)
    if captured.tzinfo is None:
        raise ValueError(f"captured_at {captured_at!r} has no time zone: write it as 2026-03-02T10:00:00+00:00.")
    return captured.astimezone(UTC).date().isoformat()


def _said(event: Mapping[str, Any], name: str, suffix: str) -> bytes:
    return json.dumps({**event, "image": f"{name}{suffix}"}, allow_nan=False).encode()


def _is_taken(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() != content
    except FileNotFoundError:
        return False


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
