"""What lies in quarantine: each refused event with its reason, and how it can be mended."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from autoretrain_assets.feedback.advice import advice

EVENT, REASON = "event.json", "reason.json"
DAY_OF, ARRIVAL, CAPTURE = "day_of", "arrival", "capture"
"""An event lies under the UTC day of its capture; one that was refused at a glance, under that of its arrival."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused event: the folder that keeps it, the field that was wrong (without numbers), and why in words.

    `file` is what the event was called in the inbox. `day` is the day of its capture or of its arrival, as `day_of`
    says: it is empty where reason.json does not say so.
    """

    id: str
    day: date
    folder: Path
    field: str
    reason: str
    file: str
    day_of: str

    @property
    def advice(self) -> str:
        """How the event can be mended."""
        return advice(self.field, self.reason)


def refusals(quarantine: Path) -> list[Refusal]:
    """All that lies in quarantine, by day and id; names that start with a dot are being written or taken away."""
    return [_read(day, folder) for day, place in _days(quarantine) for folder in _folders(place)]


def count(quarantine: Path) -> int:
    """How many refusals there are: no file of theirs is read."""
    return sum(len(_folders(place)) for _, place in _days(quarantine))


def field_of(reason: str) -> str:
    """`predictions.3.label: …` as `predictions.label`, to count alike what is alike."""
    return ".".join(part for part in reason.partition(":")[0].split(".") if not part.isdigit())


def _days(quarantine: Path) -> Iterator[tuple[date, Path]]:
    for place in sorted(quarantine.glob("????-??-??")):
        day = _day(place.name)
        if day is not None and place.is_dir():
            yield day, place


def _day(name: str) -> date | None:
    """None for what looks like a day and is none, such as a month 13: an owner may have made the folder."""
    try:
        return date.fromisoformat(name) if re.fullmatch(r"\d{4}-\d\d-\d\d", name) else None
    except ValueError:
        return None


def _folders(place: Path) -> list[Path]:
    with os.scandir(place) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir())
    return [place / name for name in names]


def _read(day: date, folder: Path) -> Refusal:
    facts = _facts(folder / REASON)
    reason = str(facts.get("reason", f"event: {REASON} is gone or was changed: it does not say why"))
    file, day_of = str(facts.get("file", folder.name)), str(facts.get(DAY_OF, ""))
    return Refusal(folder.name, day, folder, field_of(reason), reason, file, day_of)


def _facts(path: Path) -> dict[str, Any]:
    """An owner may have changed the file, as all that lies here."""
    try:
        facts = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
