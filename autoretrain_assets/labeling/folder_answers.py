"""What a task folder's annotations.xml answers, image by image."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from autoretrain_assets import schema
from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_assets.files import plain_file, read_plain
from autoretrain_assets.labeling import cvat_xml
from autoretrain_assets.labeling.base import Answers
from autoretrain_assets.labeling.cvat_xml import Drawing
from autoretrain_assets.labeling.task_files import ImageRecord, Marker, TaskRecord

MAX_XML_BYTES = 50_000_000
"""Some 400,000 boxes; in memory it is twenty times as much."""


def read(path: Path) -> list[Drawing]:
    """Every image of the XML file; raises LabelingError, naming the file, where it is missing or unreadable."""
    try:
        return cvat_xml.parse(read_plain(path, MAX_XML_BYTES))
    except FileNotFoundError as error:
        raise LabelingError(f"{path} is missing: save the answers there.") from error
    except InputError as error:
        raise LabelingError(str(error)) from error
    except LabelingError as error:
        raise LabelingError(f"{path} cannot be read: {error}") from error


def hold_against(
    record: TaskRecord, drawings: Sequence[Drawing], marker: Marker, changed: Mapping[str, str]
) -> Answers:
    """The drawings as answers to the task: what was lost, drawn twice, not asked for or `changed` becomes a problem.

    An image is known by its file name, whatever folder a tool wrote before it; one that the task does
    not know is a problem under the name that it has in the file.
    """
    by_file = {image.file: image for image in record.images}
    named = [(PurePosixPath(drawing.name.replace("\\", "/")).name, drawing) for drawing in drawings]
    count = Counter(name for name, _ in named)
    problems = {image.sha256: "no answer for this image" for image in record.images if not count[image.file]}
    rows: list[dict[str, Any]] = []
    for name, drawing in named:
        image = by_file.get(name)
        problem = _problem(image, drawing, count[name]) or (image and changed.get(image.sha256))
        if image is None or problem:
            problems[image.sha256 if image else drawing.name] = problem or ""
        else:
            rows.append({"sha256": image.sha256, "boxes": [box.as_row() for box in drawing.boxes]})
    table = pl.DataFrame(rows, schema={name: schema.ANSWERS[name] for name in ("sha256", "boxes")})
    signed = table.with_columns(annotator=pl.lit(marker.by), finished_at=pl.lit(marker.at.astimezone(UTC)))
    return Answers(schema.conform(signed, schema.ANSWERS), problems)


def changed_images(record: TaskRecord, images: Path) -> dict[str, str]:
    """By sha256, what is wrong with the images that a person or a tool put in the place of the task's.

    Boxes on another picture would be wrong without looking so. One that is not there any more is fine.
    """
    return {
        image.sha256: f"{images / image.file} is not the image that was sent: put that one back, or remove the file "
        "if its boxes were drawn on the image that was sent"
        for image in record.images
        if not _is_as_sent(images / image.file, image.sha256)
    }


def _is_as_sent(path: Path, sha256: str) -> bool:
    try:
        with plain_file(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return True
    except (InputError, PermissionError):
        return False


def _problem(image: ImageRecord | None, drawing: Drawing, times: int) -> str | None:
    if image is None:
        return "not an image of this task: remove its entry"
    if times > 1:
        return f"answered {times} times: keep one entry"
    # Boxes in the pixels of a resized or differently rotated copy would be wrong without looking so.
    if drawing.width not in (None, image.width) or drawing.height not in (None, image.height):
        said = f"{drawing.width or 0:g} x {drawing.height or 0:g}"
        return f"drawn on {said} pixels, but the image has {image.width} x {image.height}: draw on it as it is"
    return drawing.problem
