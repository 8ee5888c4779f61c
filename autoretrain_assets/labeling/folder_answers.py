"""What a task folder's annotations.xml answers, image by image."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path, PurePosixPath

import polars as pl

from autoretrain_assets import schema
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling import cvat_xml
from autoretrain_assets.labeling.base import Answers
from autoretrain_assets.labeling.cvat_xml import Drawing
from autoretrain_assets.labeling.task_files import ImageRecord, Marker, TaskRecord


def read(path: Path) -> list[Drawing]:
    """Every image of the XML file; raises LabelingError, naming the file, where it is missing or unreadable."""
    try:
        return cvat_xml.parse(path.read_bytes())
    except FileNotFoundError as error:
        raise LabelingError(f"{path} is missing: save the answers there.") from error
    except LabelingError as error:
        raise LabelingError(f"{path} cannot be read: {error}") from error


def hold_against(record: TaskRecord, drawings: Sequence[Drawing], marker: Marker) -> Answers:
    """The drawings as answers to the task: what was lost, drawn twice or not asked for becomes a problem.

    An image is known by its file name, whatever folder a tool wrote before it; one that the task does
    not know is a problem under the name that it has in the file.
    """
    by_file = {image.file: image for image in record.images}
    named = [(PurePosixPath(drawing.name.replace("\\", "/")).name, drawing) for drawing in drawings]
    count = Counter(name for name, _ in named)
    problems = {image.sha256: "no answer for this image" for image in record.images if not count[image.file]}
    rows = []
    for name, drawing in named:
        image = by_file.get(name)
        problem = _problem(image, drawing, count[name])
        if image is None or problem:
            problems[image.sha256 if image else drawing.name] = problem or ""
        else:
            rows.append({"sha256": image.sha256, "boxes": [box.as_row() for box in drawing.boxes]})
    table = pl.DataFrame(rows, schema={name: schema.ANSWERS[name] for name in ("sha256", "boxes")})
    signed = table.with_columns(annotator=pl.lit(marker.by), finished_at=pl.lit(marker.at.astimezone(UTC)))
    return Answers(schema.conform(signed, schema.ANSWERS), problems)


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
