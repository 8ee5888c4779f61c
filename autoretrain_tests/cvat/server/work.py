"""What is to be done: projects, their labels, tasks and jobs. Dates are aware; a None owner is nobody."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from autoretrain_tests.cvat.server.people import Organization, User
from autoretrain_tests.cvat.server.pictures import Media, Validation


@dataclass
class Project:
    """Tasks that share labels."""

    id: int
    name: str
    owner: User
    organization: Organization | None
    created: datetime
    updated: datetime
    bug_tracker: str = ""
    status: str = "annotation"
    assignee: User | None = None


@dataclass
class Label:
    """A class of a project, or of a task without a project."""

    id: int
    name: str
    color: str
    type: str
    project_id: int | None = None
    task_id: int | None = None


@dataclass
class Task:
    """Images to label together."""

    id: int
    name: str
    owner: User
    project: Project | None
    organization: Organization | None
    created: datetime
    updated: datetime
    overlap: int | None
    segment_size: int
    bug_tracker: str = ""
    subset: str = ""
    status: str = "annotation"
    dimension: str = ""
    mode: str = ""
    media_type: str = ""
    assignee: User | None = None
    assignee_updated: datetime | None = None
    media: Media | None = None
    validation: Validation | None = None

    @property
    def data_id(self) -> int | None:
        return self.media.id if self.media else None


@dataclass
class Job:
    """A run of a task's frames for one person; `included` are its only frames where it leaves some out."""

    id: int
    task: Task
    type: str
    start: int
    stop: int
    created: datetime
    updated: datetime
    included: list[int] | None = None
    status: str = "annotation"
    stage: str = "annotation"
    state: str = "new"
    assignee: User | None = None
    assignee_updated: datetime | None = None
    shapes: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, Any]] = field(default_factory=list)
    tracks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def frames(self) -> list[int]:
        return list(range(self.start, self.stop + 1)) if self.included is None else self.included
