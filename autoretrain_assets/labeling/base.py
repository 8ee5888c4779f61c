"""The labelling protocol: open a batch once, watch it, collect the answers, send back what is not good enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import LabelingError


@dataclass(frozen=True, slots=True)
class Report:
    """An operator's word on one place of an image, in pixels: `kind` and `label` as in schema.VERDICT."""

    kind: str
    label: str | None
    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def text(self) -> str:
        """What the operator said, in words."""
        return f"{self.kind.replace('_', ' ')} {self.label or ''}".strip()


@dataclass(frozen=True, slots=True)
class BatchImage:
    """One image to label, pre-filled with the model's boxes; `reasons` tell the annotator why it was chosen.

    `reports` are shown to the annotator and never pre-filled: no operator's box becomes a label unseen.
    """

    sha256: str
    path: Path
    width: int
    height: int
    boxes: Sequence[Box] = ()
    reasons: Sequence[str] = ()
    reports: Sequence[Report] = ()


@dataclass(frozen=True, slots=True)
class KnownImage:
    """An image whose labels are known: people label it unawares, and how good they are shows on it."""

    sha256: str
    path: Path
    width: int
    height: int
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True)
class Batch:
    """What becomes one task. `key` derives from the content, so the same batch is the same task.

    `known` images are put among the others where the backend can; they are never among its answers.
    """

    key: str
    name: str
    classes: Sequence[str]
    images: Sequence[BatchImage]
    known: Sequence[KnownImage] = ()
    again_of: str = ""
    """The key of the task that has these images before, where others than its people are to label them once more."""


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a backend: `id` in the backend's own words, `url` where a person opens it."""

    key: str
    id: str
    url: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Task":
        """The task that a row of schema.CVAT_TASKS tells of, once it is open."""
        return cls(row["key"], row["task_id"], row["url"])


def uncollected(tasks: pl.DataFrame, annotations: pl.DataFrame) -> pl.DataFrame:
    """Those of schema.CVAT_TASKS that are open, and whose answers are not among schema.ANNOTATIONS yet."""
    return tasks.filter((pl.col("state") == "open") & ~pl.col("key").is_in(annotations["task_key"].implode()))


def collected(tasks: pl.DataFrame, annotations: pl.DataFrame) -> pl.DataFrame:
    """Those of schema.CVAT_TASKS that are open, with answers among schema.ANNOTATIONS, and their `finished_at`."""
    times = annotations.group_by(key="task_key").agg(pl.col("finished_at").max())
    opened = tasks.filter(pl.col("state") == "open")
    return opened.join(times, on="key", how="inner", maintain_order="left")


def jobs_of(annotations: pl.DataFrame) -> dict[str, datetime]:
    """When each job was finished whose answers these are; nothing of what came from no job."""
    times = annotations.drop_nulls("job").group_by("job").agg(pl.col("finished_at").max())
    return dict(times.iter_rows())


UNKNOWN = "unknown"
"""Who answered what was nobody's."""

OPEN, FINISHED, SENT_BACK = "open", "finished", "sent back"
"""The states of a task that is not done with."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one person takes of a task: a job of the server's task `task`, each with where a person opens it.

    `state` is in the backend's own words; `assignee` is empty where whoever takes it has it.
    """

    task: str
    task_url: str
    job: str
    url: str
    assignee: str
    state: str
    images: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is. Only a finished task may be collected, or the ones of its jobs that are `done`."""

    images: int
    finished: bool
    revision: str = ""
    """Changes when a task that was sent back is finished anew."""
    sent_back: str = ""
    """Why an unfinished task came back, in short, and where all of it stands; nothing where it did not."""
    parts: Sequence[Part] = ()
    """Its jobs, where the backend has some."""
    done: Mapping[str, datetime] = field(default_factory=dict)
    """Its finished jobs by id, and when each was, where they may be collected one by one; else the task is the unit."""

    @property
    def state(self) -> str:
        """OPEN, FINISHED or SENT_BACK."""
        if self.finished:
            return FINISHED
        return SENT_BACK if self.sent_back else OPEN


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back of one task: a table of schema.ANSWERS, and what could not be read, image by image."""

    table: pl.DataFrame
    problems: Mapping[str, str] = field(default_factory=dict)
    jobs: Mapping[str, str] = field(default_factory=dict)
    """The job of each of the `problems`, where the backend has jobs."""
    others: frozenset[str] = frozenset()
    """The images that this says nothing of: their jobs are open, or were known."""


class LabelingBackend(Protocol):
    """Where people label."""

    def open(self, batch: Batch) -> Task:
        """Make the batch a task, or find the task that it already is; never a second one for the same key."""
        ...

    def progress(self, task: Task) -> Progress:
        """Ask how far the task is; raises LabelingError where it is gone."""
        ...

    def progress_of(self, tasks: Sequence[Task]) -> Mapping[str, Progress | LabelingError]:
        """How far each task is, by key, in few questions; one that is gone is left out.

        An error stands for one that cannot be read, and is raised where none can be asked about.
        """
        ...

    def finished_at(self, task: Task) -> datetime | None:
        """When people finished the task, as its answers say it; None where it is open, or gone.

        It is asked of tasks that were collected, and another time means that they were corrected: they may go.
        """
        ...

    def finished_at_of(self, tasks: Sequence[Task]) -> Mapping[str, datetime | LabelingError | None]:
        """The same of many tasks, by key, in few questions; errors as those of progress_of."""
        ...

    def collect(self, task: Task) -> Answers:
        """The answers of a finished task; raises LabelingError where it is not finished."""
        ...

    def collect_finished(self, task: Task, known: Mapping[str, datetime]) -> Answers:
        """The answers of its finished jobs, of a task that says these; `known` are left out unless finished anew."""
        ...

    def reopen(self, task: Task, reasons: Mapping[str, str]) -> None:
        """Send it back, of jobs those that are meant: `reasons` maps an image's sha256 to what is wrong with it."""
        ...
