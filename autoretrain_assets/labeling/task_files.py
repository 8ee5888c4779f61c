"""The small files of a task folder: task.json, the DONE marker, and what is written for the annotator to read."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_assets.files import read_plain
from autoretrain_assets.labeling.base import Batch, BatchImage

MAX_RECORD_BYTES, MAX_MARKER_BYTES = 50_000_000, 10_000

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class ImageRecord(BaseModel):
    """One image of a task; `file` is its name in images/ and in the XML, sizes are pixels."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    file: str
    width: int
    height: int

    @model_validator(mode="after")
    def _is_named_by_its_bytes(self) -> "ImageRecord":
        if PurePath(self.file).stem != self.sha256 or PurePath(self.file).name != self.file:
            raise ValueError(f"{self.file} is not the name of image {self.sha256}")
        return self


class TaskRecord(BaseModel):
    """task.json: what the task asked for, to hold its answer against."""

    model_config = ConfigDict(frozen=True)

    key: str
    name: str
    classes: tuple[str, ...]
    images: tuple[ImageRecord, ...]


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a time that exists in UTC") from None


class Marker(BaseModel):
    """DONE: who finished the task, and when."""

    model_config = ConfigDict(frozen=True)

    by: Name
    at: Annotated[AwareDatetime, AfterValidator(_in_utc)]


def record(batch: Batch) -> TaskRecord:
    """The task.json of a batch."""
    return TaskRecord(
        key=batch.key,
        name=batch.name,
        classes=tuple(batch.classes),
        images=tuple(
            ImageRecord(sha256=image.sha256, file=_file_name(image), width=image.width, height=image.height)
            for image in batch.images
        ),
    )


def read_record(path: Path) -> TaskRecord:
    """Read task.json; raises LabelingError where the task is gone or the file was changed by hand."""
    try:
        return TaskRecord.model_validate_json(read_plain(path, MAX_RECORD_BYTES))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LabelingError(f"Task {path.parent.name} is gone: there is no {path}. Restore the folder.") from error
    except InputError as error:
        raise LabelingError(str(error)) from error
    except ValidationError as error:
        raise LabelingError(
            f"{path} is not what was written there ({error.errors()[0]['msg']}): restore it."
        ) from error


def read_marker(path: Path) -> Marker:
    """Read DONE; an empty one, made by hand, was made at its modification time by someone unknown.

    Raises LabelingError where there is none (the task is not finished) or it says something else.
    """
    try:
        content = read_plain(path, MAX_MARKER_BYTES)
        changed = path.stat().st_mtime
    except InputError as error:
        raise LabelingError(str(error)) from error
    except FileNotFoundError as error:
        raise LabelingError(
            f"Task {path.parent.name} is not finished: run `autoretrain label done {path.parent.name}` when it is."
        ) from error
    if not content.strip():
        return Marker(by="unknown", at=_time_of(changed, path))
    try:
        return Marker.model_validate_json(content)
    except ValidationError as error:
        raise LabelingError(
            f"{path} is neither empty nor JSON with by and at (with a time zone): "
            f"delete it and run `autoretrain label done {path.parent.name}`."
        ) from error


def _time_of(seconds: float, path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, ValueError) as error:
        raise LabelingError(f"{path} is of a time that no calendar has: delete it and make it anew.") from error


def reasons_csv(batch: Batch) -> str:
    """Why each image was chosen, a line an image: beside the XML, as that format has no place for it."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["image", "reasons"])
    table.writerows([_file_name(image), "; ".join(image.reasons)] for image in batch.images)
    return text.getvalue()


def rejection(task: TaskRecord, reasons: Mapping[str, str]) -> str:
    """REJECTED.txt: image by image, what is wrong with the answer."""
    names = {image.sha256: image.file for image in task.images}
    lines = [f"{names.get(image, image)}: {reason}" for image, reason in sorted(reasons.items())]
    head = "The answer cannot be used yet. Correct these images in annotations.xml, then finish the task again:"
    return "\n".join([head, "", *lines, ""])


def readme(task: TaskRecord) -> str:
    """README.txt: how a person finishes the task."""
    return f"""{task.name}: {len(task.images)} images to label

Classes: {", ".join(task.classes)}

1. Open images/ and annotations.xml in a tool that reads "CVAT for images 1.1". The boxes in it are the model's.
   reasons.csv says why each image was chosen.
2. Correct them: every object of a class gets one upright rectangle, wrong boxes go. An image without an object
   keeps its <image> entry, without a box. Leave the names and sizes of the images as they are.
3. Save the result as annotations.xml in this folder, in the same format.
4. Run `autoretrain label done {task.key}`, or make an empty file named DONE in this folder.

If the answer comes back, REJECTED.txt says what is wrong, image by image; correct it and finish again.
"""


def _file_name(image: BatchImage) -> str:
    return f"{image.sha256}{image.path.suffix.lower()}"
