"""The recordings: what was asked of a real server, in order, and what it answered."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ORIGIN = "http://127.0.0.1:58080"
"""Where the real server listened."""
HOOK = "http://127.0.0.1:58999"
"""Where its webhooks went."""
_BESIDE = Path(__file__).resolve().parents[3].parent / "shared"
FOLDER = Path(os.environ.get("AUTORETRAIN_SHARED") or _BESIDE) / "cvat"
STREAMED = "<streamed>"
"""Stands for a body that was not kept."""


@dataclass(frozen=True)
class Recorded:
    """One exchange; `place` names it in messages."""

    place: str
    method: str
    path: str
    content_type: str | None
    request: Any
    status: int
    response: Any


def exchanges() -> list[Recorded]:
    """Every exchange, in the order in which they happened."""
    return [
        Recorded(
            f"{path.name}[{number}]",
            said["method"],
            said["path"],
            said["request_content_type"],
            said["request"],
            said["status"],
            said["response"],
        )
        for path in sorted(FOLDER.glob("[0-9]*.json"))
        for number, said in enumerate(json.loads(path.read_text()))
        if "method" in said
    ]


def deliveries() -> list[dict[str, Any]]:
    """What the webhooks heard, in order: headers and body."""
    return json.loads((FOLDER / "16_webhook_deliveries.json").read_text())


def images() -> list[tuple[str, tuple[int, int]]]:
    """Name and size of the images that were uploaded, in their order."""
    meta = next(said for said in exchanges() if said.path == "/api/tasks/42/data/meta")
    return [(frame["name"], (frame["width"], frame["height"])) for frame in meta.response["frames"]]
