"""Boxes as CVAT's rectangles, and back. Pure.

CVAT stores any shape on any label: what is no upright rectangle is told for its frame, never left out in silence.
Where a box lies is not judged here: outside the image or inverted it is handed on, for the review to see.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling.cvat.wire import Drawn, Shape, Track

RECTANGLE = "rectangle"
_CORNERS = 4


@dataclass(frozen=True, slots=True)
class Drawings:
    """By frame: the boxes of what could be read, and what is wrong with the rest."""

    boxes: Mapping[int, Sequence[Box]] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)


def rectangles(frame: int, boxes: Iterable[Box], label_ids: Mapping[str, int], source: str) -> list[dict[str, Any]]:
    """The boxes of a frame as the server takes them; numbers of other kinds, such as numpy's, become plain ones."""
    return [
        {
            "type": RECTANGLE,
            "frame": frame,
            "label_id": label_ids[box.label],
            "points": [float(box.x1), float(box.y1), float(box.x2), float(box.y2)],
            "source": source,
            "attributes": [],
        }
        for box in boxes
    ]


def read(drawn: Drawn, labels: Mapping[int, str], last_frame: int) -> Drawings:
    """What was drawn in a job, in the order it was drawn; `labels` maps an id to its name."""
    boxes, problems = defaultdict[int, list[Box]](list), defaultdict[int, list[str]](list)
    for shape in sorted(drawn.shapes, key=lambda shape: shape.id or 0):
        if problem := _problem(shape, labels):
            problems[shape.frame].append(problem)
        else:
            boxes[shape.frame].append(Box(labels[shape.label_id], *shape.points))
    for track in drawn.tracks:
        for frame in _covered(track, last_frame):
            problems[frame].append("a track, which is for videos: draw a rectangle in its place on each image")
    return Drawings(boxes, {frame: "; ".join(dict.fromkeys(said)) for frame, said in problems.items()})


def _problem(shape: Shape, labels: Mapping[int, str]) -> str | None:
    if shape.label_id not in labels:
        return f"a shape of a label that the project has no more (id {shape.label_id}): give it another"
    label = labels[shape.label_id]
    if shape.type != RECTANGLE:
        return f"a {shape.type} of {label}: only rectangles are read, draw one in its place"
    if len(shape.points) != _CORNERS:
        return f"a rectangle of {label} with {len(shape.points)} numbers in the place of {_CORNERS}: draw it anew"
    if shape.rotation % 360:
        return f"a rectangle of {label}, turned by {shape.rotation:g} degrees: draw an upright one"
    return None


def _covered(track: Track, last_frame: int) -> Iterable[int]:
    """The frames that a track shows something on: from its first to where it is said to have left."""
    ends = [shape.get("frame", track.frame) for shape in track.shapes if shape.get("outside")]
    return range(track.frame, min([end for end in ends if end > track.frame], default=last_frame + 1))
