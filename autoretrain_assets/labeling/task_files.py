"""The small files of a task folder that programs read: task.json and the DONE marker."""

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
from autoretrain_assets.labeling.base import Batch, BatchImage, KnownImage
from autoretrain_assets.labeling.failures import Gone

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
    """DONE: who finished the task, when, and the sha256 of its annotations.xml then, which a hand-made one lacks."""

    model_config = ConfigDict(frozen=True)

    by: Name
    at: Annotated[AwareDatetime, AfterValidator(_in_utc)]
    answers: str | None = None


def record(batch: Batch) -> TaskRecord:
    """The task.json of a batch."""
    return TaskRecord(
        key=batch.key,
        name=batch.name,
        classes=tuple(batch.classes),
        images=tuple(
            ImageRecord(sha256=image.sha256, file=file_name(image), width=image.width, height=image.height)
            for image in batch.images
        ),
    )


def read_record(path: Path) -> TaskRecord:
    """Read task.json; raises Gone where the task is, LabelingError where the file was changed by hand."""
    try:
        return TaskRecord.model_validate_json(read_plain(path, MAX_RECORD_BYTES))
    except (FileNotFoundError, NotADirectoryError) as error:
        key = path.parent.name
        raise Gone(
            f"Task {key} is gone: there is no {path}. Restore the folder, or have it made anew by "
            f"`autoretrain label again {key}`."
        ) from error
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


def file_name(image: BatchImage | KnownImage) -> str:
    """What an image is called in images/ and in the XML."""
    return f"{image.sha256}{image.path.suffix.lower()}"
