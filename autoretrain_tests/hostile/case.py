"""One piece of hostile input: what is sent, and what must come of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autoretrain_tests.hostile import parts


@dataclass(frozen=True)
class Case:
    """An event and its image. `reason` is a part of the refusal's reason, or None where the event is accepted.

    `name` is the event's id and the stem of both files. `image` is made when it is asked for, since some are large.
    """

    name: str
    event: bytes
    reason: str | None
    make_image: Callable[[], bytes] | None = parts.jpeg
    suffix: str = ".jpg"
    heavy: bool = False

    @property
    def image(self) -> bytes | None:
        """The image's bytes; None where the event comes without one."""
        return None if self.make_image is None else self.make_image()

    @property
    def sent(self) -> tuple[bytes, bytes | None, str]:
        """The event's JSON, the image's bytes and the suffix: what a door other than the inbox is handed."""
        return self.event, self.image, self.suffix


def fields(name: str, suffix: str = ".jpg", **changes: Any) -> dict[str, Any]:
    """A valid event of that id, changed."""
    return {
        "event_id": name,
        "image": f"{name}{suffix}",
        "captured_at": "2026-03-02T10:00:00+00:00",
        "source": "cam",
        "trigger": "operator",
        "predictions": [prediction()],
        "verdicts": [verdict()],
    } | changes


def prediction(**changes: Any) -> dict[str, Any]:
    """A valid box of a model, changed."""
    return {"label": "car", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20} | changes


def verdict(**changes: Any) -> dict[str, Any]:
    """A valid word of an operator, changed."""
    return {"kind": "missed", "label": "bus", "x1": 5, "y1": 5, "x2": 30, "y2": 30} | changes


def said(name: str, suffix: str = ".jpg", **changes: Any) -> bytes:
    """The JSON of a valid event, changed."""
    return json.dumps(fields(name, suffix, **changes)).encode()
