"""Labelling without a server: a task is a folder that any tool which reads CVAT's XML can finish."""

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from autoretrain_assets import files, schema
from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling import batches, cvat_xml, folder_answers, notes, task_files
from autoretrain_assets.labeling.base import Answers, Batch, Progress, Task
from autoretrain_assets.labeling.cvat_xml import Drawing
from autoretrain_assets.labeling.task_files import ImageRecord, Marker, TaskRecord
from autoretrain_assets.locks import held
from autoretrain_assets.pictures import noted

T = TypeVar("T")
ANNOTATIONS = "annotations.xml"
DONE = "DONE"
REJECTED = "REJECTED.txt"
_TASK = "task.json"
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class FolderBackend:
    """A LabelingBackend whose task `key` is the folder root/key; `Task.id` is the key, `Task.url` the folder's URI.

    The folder holds images/ (named by sha256), annotations.xml with the model's boxes, reasons.csv,
    README.txt and task.json, and of images that operators reported reports.csv and reported/, where their boxes are
    drawn; DONE marks it as finished, REJECTED.txt says why it came back.
    """

    def __init__(self, root: Path, home: Path | None = None) -> None:
        """`home` is what README.txt names in its command; the folder above `root` unless it is given."""
        self.root, self._home = root, home or root.parent

    def open(self, batch: Batch) -> Task:
        """Write the batch's folder, whole or not at all, or find the one that is there.

        Raises LabelingError for an empty batch, an image twice, or a key that is no folder name, and
        IntegrityError where an image's file is missing.
        """
        folder = self._folder(batch.key)
        self.root.mkdir(parents=True, exist_ok=True)
        with held(self.root / ".lock"):
            # Under the lock no writer lives, so what lies here is what a killed one left.
            building = self.root / f".{batch.key}.tmp"
            if building.exists():
                shutil.rmtree(building)
            if not folder.exists():
                batches.check(batch)
                _write(batch, building, self._home)
                building.rename(folder)
        task_files.read_record(folder / _TASK)
        return self._task(batch.key)

    def progress(self, task: Task) -> Progress:
        """How far the task is; raises LabelingError where its folder is gone."""
        record, folder = self._record(task.key), self._folder(task.key)
        try:
            finished = (folder / DONE).stat()
        except FileNotFoundError:
            return Progress(len(record.images), finished=False, sent_back=notes.sent_back(folder / REJECTED))
        return Progress(len(record.images), finished=True, revision=f"{finished.st_ino} {finished.st_mtime_ns}")

    def progress_of(self, tasks: Sequence[Task]) -> dict[str, Progress | LabelingError]:
        """How far each task is, by key; one whose folder is gone is left out."""
        there = [task for task in tasks if (self._folder(task.key) / _TASK).is_file()]
        return {task.key: _or_error(self.progress, task) for task in there}

    def finished_at(self, task: Task) -> datetime | None:
        """What DONE says; None where there is none. Raises LabelingError where it says something else than a time."""
        done = self._folder(task.key) / DONE
        return task_files.read_marker(done).at if done.is_file() else None

    def finished_at_of(self, tasks: Sequence[Task]) -> dict[str, datetime | LabelingError | None]:
        """What DONE says in each task's folder, by key."""
        return {task.key: _or_error(self.finished_at, task) for task in tasks}

    def collect(self, task: Task) -> Answers:
        """The answers of a finished task; what a person did wrong is a problem of its image, not an error.

        An annotations.xml that cannot be read at all is a problem of every image, an image that the task
        does not know is a problem under its own name. Raises LabelingError where the task is not
        finished or gone.
        """
        record = self._record(task.key)
        folder = self._folder(task.key)
        marker = task_files.read_marker(folder / DONE)
        try:
            drawings = folder_answers.read(folder / ANNOTATIONS)
        except LabelingError as error:
            return Answers(schema.empty(schema.ANSWERS), {image.sha256: str(error) for image in record.images})
        changed = folder_answers.changed_images(record, folder / "images")
        return folder_answers.hold_against(record, drawings, marker, changed)

    def collect_finished(self, task: Task, known: Mapping[str, datetime]) -> Answers:  # noqa: ARG002 - it has no jobs
        """The same as `collect`: a folder is one piece."""
        return self.collect(task)

    def reopen(self, task: Task, reasons: Mapping[str, str]) -> None:
        """Write REJECTED.txt, then remove DONE: killed in between, the task is still finished and is rejected again."""
        record = self._record(task.key)
        folder = self._folder(task.key)
        files.write_text(folder / REJECTED, notes.rejection(record, reasons))
        (folder / DONE).unlink(missing_ok=True)

    def finish(self, key: str, by: str, now: datetime) -> None:
        """Mark the task as finished by `by`; one that is finished keeps its marker, unless it was corrected since.

        It was where annotations.xml has other bytes than then; of a marker made by hand, where it is newer. Raises
        LabelingError where the task is gone, `by` is empty, or annotations.xml or the marker cannot be read.
        """
        self._record(key)
        folder = self._folder(key)
        if not by.strip():
            raise LabelingError(f"Task {key} needs the name of who finished it: give one.")
        folder_answers.read(folder / ANNOTATIONS)
        if not _is_of(folder / DONE, folder / ANNOTATIONS):
            marker = Marker(by=by, at=now, answers=files.sha256_of(folder / ANNOTATIONS))
            files.write_json(folder / DONE, marker.model_dump(mode="json"))
        (folder / REJECTED).unlink(missing_ok=True)

    def tasks(self) -> list[Task]:
        """Every task of the root, finished or not, by key."""
        keys = (path.parent.name for path in self.root.glob(f"*/{_TASK}"))
        return [self._task(key) for key in sorted(keys) if _KEY.fullmatch(key)]

    def write_answers(self, key: str, boxes: Mapping[str, Sequence[Box]]) -> None:
        """Replace annotations.xml by `boxes`, keyed by sha256; an image that is not named stays without an answer.

        Raises LabelingError where the task is finished or gone, or an image is not the task's.
        """
        record = self._record(key)
        folder = self._folder(key)
        if (folder / DONE).is_file():
            raise LabelingError(f"Task {key} is finished: remove {folder / DONE} to change its answers.")
        unknown = boxes.keys() - {image.sha256 for image in record.images}
        if unknown:
            raise LabelingError(f"Task {key} has no image {min(unknown)}: answer only its own.")
        answered = [_drawing(image, boxes[image.sha256]) for image in record.images if image.sha256 in boxes]
        files.write_bytes(folder / ANNOTATIONS, cvat_xml.render(record.name, record.classes, answered))

    def _folder(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise LabelingError(f"{key!r} is no task: a key has letters, digits, dots, dashes and underscores.")
        return self.root / key

    def _record(self, key: str) -> TaskRecord:
        return task_files.read_record(self._folder(key) / _TASK)

    def _task(self, key: str) -> Task:
        return Task(key=key, id=key, url=self._folder(key).resolve().as_uri())


def _write(batch: Batch, folder: Path, home: Path) -> None:
    record = task_files.record(batch)
    prefilled = [_drawing(entry, image.boxes) for entry, image in zip(record.images, batch.images, strict=True)]
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for entry, image in zip(record.images, batch.images, strict=True):
        # a copy, for a tool may change the file in place, and a link would change the stored frame with it
        shutil.copyfile(image.path, folder / "images" / entry.file)
    files.write_bytes(folder / ANNOTATIONS, cvat_xml.render(record.name, record.classes, prefilled, source="auto"))
    files.write_text(folder / "reasons.csv", notes.reasons_csv(batch))
    reported = [image for image in batch.images if image.reports]
    files.write_text(folder / "README.txt", notes.readme(record, home, len(reported)))
    if reported:
        files.write_text(folder / "reports.csv", notes.reports_csv(batch))
    for image in reported:
        places = [(one.text, (one.x1, one.y1, one.x2, one.y2)) for one in image.reports]
        files.write_bytes(folder / "reported" / f"{image.sha256}.jpg", noted(image.path, places))
    files.write_json(folder / _TASK, record.model_dump(mode="json"))


def _is_of(done: Path, answers: Path) -> bool:
    """Whether there is a marker, and of these answers."""
    if not done.is_file():
        return False
    said = task_files.read_marker(done).answers
    if said is None:
        return done.stat().st_mtime_ns >= answers.stat().st_mtime_ns
    return said == files.sha256_of(answers)


def _or_error(ask: Callable[[Task], T], task: Task) -> T | LabelingError:
    try:
        return ask(task)
    except LabelingError as error:
        return error


def _drawing(image: ImageRecord, boxes: Sequence[Box]) -> Drawing:
    return Drawing(name=image.file, width=image.width, height=image.height, boxes=boxes)
