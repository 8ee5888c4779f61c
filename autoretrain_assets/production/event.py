"""Put an event together so that intake takes its form; what cannot be mended raises Unusable."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from autoretrain_assets.production.boxes import is_name
from autoretrain_assets.production.inbox import is_event_id
from autoretrain_assets.production.tally import Unusable


def event(
    event_id: Any, captured_at: Any, names: Mapping[str, Any], trigger: str, probability: float | None
) -> dict[str, Any]:
    """An event without boxes: its id is new and its time is now unless given, `names` are its other texts."""
    for field, name in names.items():
        if name is not None and not is_name(name):
            raise Unusable(field, f"{field} has 1 to 128 characters, none of them / or \\.")
    return {
        "event_id": uuid.uuid4().hex if event_id is None else _checked(event_id),
        "captured_at": _in_utc(datetime.now(UTC) if captured_at is None else captured_at),
        **{field: None if name is None else str(name) for field, name in names.items()},
        "trigger": trigger,
        "probability": probability,
    }


def _checked(event_id: Any) -> str:
    if not isinstance(event_id, str) or not is_event_id(event_id):
        raise Unusable("event_id", "event_id has 1 to 128 of A-Z a-z 0-9 . _ : - and no dot in front.")
    return event_id


def _in_utc(captured_at: Any) -> str:
    try:
        captured = datetime.fromisoformat(captured_at) if isinstance(captured_at, str) else captured_at
        if captured.tzinfo is None:
            raise Unusable("captured_at", "captured_at has no time zone.")
        return str(captured.astimezone(UTC).isoformat(timespec="microseconds"))
    except (ValueError, OverflowError, AttributeError, TypeError) as error:
        raise Unusable("captured_at", "captured_at is no time: hand in a datetime, or ISO 8601.") from error
