"""Tags, shapes and tracks as they are kept: whatever their geometry, it is taken."""

from collections.abc import Sequence
from typing import Any

from autoretrain_tests.cvat.server.calls import Refusal
from autoretrain_tests.cvat.server.work import Job
from autoretrain_tests.cvat.server.world import World

KINDS = ("tags", "shapes", "tracks")
SOURCES = {"auto", "semi-auto", "manual", "file", "consensus"}
DEFAULTS = {
    "tags": {"group": 0, "source": "manual", "attributes": []},
    "shapes": {
        "occluded": False,
        "outside": False,
        "z_order": 0,
        "rotation": 0,
        "group": 0,
        "source": "manual",
        "score": 1,
        "attributes": [],
        "elements": [],
    },
    "tracks": {"group": 0, "source": "manual", "attributes": [], "elements": []},
}
MOMENT = {"occluded": False, "outside": False, "z_order": 0, "rotation": 0, "attributes": []}
"""What a track's shape is where nothing else was said."""


def checked(said: dict[str, list[dict]], labels: set[int]) -> None:
    """400 where a label is not the task's, a source is unknown or a place is no list of numbers."""
    for kind in KINDS:
        for item in said[kind]:
            if item.get("label_id") not in labels:
                raise Refusal(400, [f"label_id `{item.get('label_id')}` is invalid"])
            if item.get("source", "manual") not in SOURCES:
                raise Refusal(400, {kind: [{"source": [f'"{item["source"]}" is not a valid choice.']}]})
            if kind == "shapes" and not all(isinstance(point, int | float) for point in item.get("points", [])):
                raise Refusal(400, {kind: [{"points": ["A valid number is required."]}]})


def stored(world: World, kind: str, item: dict) -> dict[str, Any]:
    """The item as it is kept, under an number of its own."""
    kept = DEFAULTS[kind] | item | {"id": world.next_id("drawing")}
    if kind == "tracks":
        kept["shapes"] = [MOMENT | shape | {"id": world.next_id("drawing")} for shape in item.get("shapes", [])]
    return kept


def shown(jobs: Sequence[Job]) -> dict:
    """What lies in these jobs, by frame."""
    drawn = {kind: [item for job in jobs for item in getattr(job, kind)] for kind in KINDS}
    by_frame = {kind: sorted(items, key=lambda item: item["frame"]) for kind, items in drawn.items()}
    return {"version": 0} | by_frame | {"intervals": []}


def drop(jobs: Sequence[Job], said: dict) -> None:
    """Remove those whose ids were named; unknown ids are no matter."""
    for kind in KINDS:
        gone = {item.get("id") for item in said.get(kind) or []}
        for job in jobs:
            setattr(job, kind, [item for item in getattr(job, kind) if item["id"] not in gone])
