"""What a server keeps: one record a noun. Dates are aware; a None owner is nobody."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class User:
    """An account; the role `admin` may do everything, `user` what its own things allow."""

    id: int
    username: str
    password: str
    role: str
    joined: datetime

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"


@dataclass
class Organization:
    """A workspace that several share; `members` are roles by the user's id."""

    id: int
    slug: str
    name: str
    owner: User
    created: datetime
    members: dict[int, str] = field(default_factory=dict)


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


@dataclass(frozen=True)
class Frame:
    """One image in its place; `content` is what was stored, appended bytes included."""

    name: str
    width: int
    height: int
    content: bytes


@dataclass
class Media:
    """A task's images: `staged` while they come, `frames` once they were taken in."""

    id: int
    staged: dict[str, bytearray] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    quality: int = 70
    updated: datetime | None = None


@dataclass
class Validation:
    """Which frames have a known answer: mode `gt` (their own places) or `gt_pool` (copies in every job)."""

    mode: str
    frames: list[int]
    frames_per_job: int | None = None
    disabled: list[int] = field(default_factory=list)
    honeypots: dict[int, int] = field(default_factory=dict)
    """A honeypot's frame, and the frame of the pool that it repeats."""


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


@dataclass
class Comment:
    """One line of what is said about a place."""

    id: int
    issue_id: int
    owner: User
    message: str
    created: datetime
    updated: datetime


@dataclass
class Issue:
    """A place in a job's frame that people talk about."""

    id: int
    job: Job
    frame: int
    position: list[float]
    owner: User
    created: datetime
    updated: datetime
    assignee: User | None = None
    resolved: bool = False


@dataclass
class Background:
    """What a server does after it answered; `unfinished` is how the next questions see it."""

    id: str
    type: str
    owner: User
    created: datetime
    task: Task
    unfinished: list[str]
    message: str = ""
    failed: bool = False
    result_id: int | None = None
    result_url: str | None = None
    format: str | None = None
    finished: datetime | None = None
