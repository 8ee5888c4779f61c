"""Do an event's boxes fit its image and the home: none leaves the one, each names a class of the other."""

from collections.abc import Collection, Sequence

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.event import Event, Prediction, Verdict

TOLERANCE_PX = 2.0
"""A box may stick out of its image by so much, since models round; it is clipped."""


def check_against_image(event: Event, width: int, height: int, classes: Collection[str]) -> None:
    """Raise InputError where a box leaves the image or names a class that the home does not know."""
    everything: list[tuple[str, Sequence[Prediction | Verdict]]] = [
        ("predictions", event.predictions),
        ("verdicts", event.verdicts),
    ]
    for where, boxes in everything:
        for index, box in enumerate(boxes):
            sticks_out = box.x1 < 0 or box.y1 < 0 or box.x2 > width or box.y2 > height
            if sticks_out and _leaves(box, width, height):
                raise InputError(f"{where}.{index}: the box lies outside the image of {width} x {height} pixels")
            if classes and box.label is not None and box.label not in classes:
                raise InputError(f"{where}.{index}.label: {box.label!r} is none of the classes {', '.join(classes)}")


def _leaves(box: Prediction | Verdict, width: int, height: int) -> bool:
    low, high = min(box.x1, box.y1), max(box.x2 - width, box.y2 - height)
    # a box that is inside by its tolerance alone would have no area once it is clipped
    has_area = min(width - box.x1, height - box.y1, box.x2, box.y2) > 0
    return low < -TOLERANCE_PX or high > TOLERANCE_PX or not has_area
