"""What a model found, of whichever library, as plain boxes: xyxy pixels of the upright image."""

from collections.abc import Iterable, Mapping
from typing import Any

from autoretrain_assets.production.boxes import CORNERS, Box, number
from autoretrain_assets.production.tally import Unusable

FIELDS = ("label", "confidence", *CORNERS)


def found(detections: Any) -> list[Box]:
    """The boxes as they stand, unchecked: of an ultralytics `Results`, a supervision `Detections`, or a plain list.

    A plain list holds mappings with label, confidence, x1, y1, x2, y2, or tuples in that order; None is no box.
    Libraries are known by their attributes and never imported; a tensor may lie on any device. Raises Unusable.
    """
    if detections is None:
        return []
    if isinstance(detections, list | tuple):
        return [_plain(item) for item in detections]
    if getattr(detections, "boxes", None) is not None:
        boxes, names = detections.boxes, detections.names
        labels: Iterable[Any] = [names[int(index)] for index in boxes.cls.tolist()]
        return _joined(labels, boxes.conf, boxes.xyxy)
    if getattr(detections, "xyxy", None) is not None:
        return _of_supervision(detections)
    raise Unusable(
        "detections", f"a {type(detections).__name__} holds no boxes: hand in one image's result, or a list."
    )


def size_seen(detections: Any) -> tuple[int, int] | None:
    """Width and height of the image that an ultralytics `Results` is of; None where the detections do not say."""
    shape = None if isinstance(detections, list | tuple) else getattr(detections, "orig_shape", None)
    return None if shape is None else (int(shape[1]), int(shape[0]))


def is_unsure(boxes: Iterable[Box], low: float, high: float) -> bool:
    """Whether a box's confidence lies from `low` to `high`."""
    return any(low <= number(box.get("confidence")) <= high for box in boxes)


def _plain(item: Any) -> Box:
    """A row of another length is a box without fields, which is dropped and counted as any other broken one."""
    if isinstance(item, Mapping):
        return dict(item)
    if not isinstance(item, tuple | list):
        raise Unusable("detections", f"a list of {type(item).__name__}: hand in one image's result, as results[0].")
    return dict(zip(FIELDS, item, strict=True)) if len(item) == len(FIELDS) else {}


def _of_supervision(detections: Any) -> list[Box]:
    if detections.confidence is None or "class_name" not in detections.data:
        if len(detections.xyxy) == 0:
            return []
        raise Unusable("detections", "supervision's Detections need confidence and data['class_name'].")
    return _joined(detections.data["class_name"], detections.confidence, detections.xyxy)


def _joined(labels: Iterable[Any], confidences: Any, corners: Any) -> list[Box]:
    rows = zip(labels, confidences.tolist(), corners.tolist(), strict=True)
    return [dict(zip(FIELDS, (label, confidence, *box), strict=True)) for label, confidence, box in rows]
