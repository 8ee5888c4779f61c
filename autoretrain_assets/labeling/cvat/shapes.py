"""Boxes as CVAT's rectangles, and back. Pure.

CVAT stores any shape on any label: what is no upright rectangle is told for its frame, never left out in silence.
Where a box lies is not judged here: outside the image or inverted it is handed on, for the review to see.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling.cvat import tracks
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


def read(drawn: Drawn, labels: Mapping[int, str], frames: range, deleted: frozenset[int] = frozenset()) -> Drawings:
    """What was drawn in a job of these `frames`, in the order it was drawn; `labels` maps an id to its name.

    A shape on another frame is handed on; a track gives nothing on one, nor on a deleted one.
    """
    boxes, problems = defaultdict[int, list[Box]](list), defaultdict[int, list[str]](list)
    for shape in sorted(drawn.shapes, key=lambda shape: shape.id or 0):
        if problem := _problem(shape, labels):
            problems[shape.frame].append(problem)
        else:
            boxes[shape.frame].append(Box(labels[shape.label_id], *shape.points))
    for track in drawn.tracks:
        for frame, found in _of_track(track, labels, frames, deleted):
            if isinstance(found, Box):
                boxes[frame].append(found)
            else:
                problems[frame].append(found)
    return Drawings(boxes, {frame: "; ".join(dict.fromkeys(said)) for frame, said in problems.items()})


def _of_track(
    track: Track, labels: Mapping[int, str], frames: range, deleted: frozenset[int]
) -> Iterator[tuple[int, Box | str]]:
    """By frame the box, or what is wrong: one keyframe that cannot be read spoils all, for others lean on it."""
    keys = tracks.keyframes(track, deleted)
    shapes = (Shape(key.type, key.frame, track.label_id, key.points, key.rotation) for key in keys)
    problem = next((said for shape in shapes if (said := _problem(shape, labels))), None)
    for frame, one, following in tracks.stretches(keys, frames):
        if frame in deleted:
            continue
        if problem:
            yield frame, f"a track with {problem}"
        else:
            yield frame, Box(labels[track.label_id], *tracks.place(frame, one, following))


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
