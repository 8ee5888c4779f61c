"""What of CVAT's answers is read, and nothing more: newer servers may add what they like."""

from datetime import UTC, datetime
from typing import Any, Literal

import msgspec


class About(msgspec.Struct, frozen=True):
    """The server."""

    version: str


class Page(msgspec.Struct, frozen=True):
    """A stretch of a list: `count` is how long all of it is, `next` where it goes on."""

    count: int
    results: list[Any]
    next: str | None = None


class User(msgspec.Struct, frozen=True):
    """Someone with an account."""

    id: int
    username: str


class Project(msgspec.Struct, frozen=True):
    """What tasks and labels belong to."""

    id: int
    name: str


class Label(msgspec.Struct, frozen=True):
    """A class, as people choose it."""

    id: int
    name: str
    type: str = "any"
    parent_id: int | None = None


class CvatTask(msgspec.Struct, frozen=True):
    """One of the server's tasks; `size` is how many frames it has, once its images were unpacked."""

    id: int
    name: str
    size: int | None = None


class Job(msgspec.Struct, frozen=True):
    """A stretch of a task's frames that one person works at."""

    id: int
    task_id: int
    type: str
    stage: Literal["annotation", "validation", "acceptance"]
    state: str
    frame_count: int
    start_frame: int
    stop_frame: int
    updated_date: datetime
    assignee: User | None = None
    task_name: str = ""

    @property
    def frames(self) -> range:
        """The numbers of its frames, in its task."""
        return range(self.start_frame, self.stop_frame + 1)

    @property
    def changed_at(self) -> datetime:
        """When it was changed last (UTC)."""
        return self.updated_date.astimezone(UTC)

    @property
    def is_ground_truth(self) -> bool:
        """Whether it holds known answers instead of asking for some."""
        return self.type == "ground_truth"


class Frame(msgspec.Struct, frozen=True):
    """One image as the server unpacked it, in pixels."""

    name: str
    width: int
    height: int


class Meta(msgspec.Struct, frozen=True):
    """The frames of a task by number; a deleted one stays in the list."""

    frames: list[Frame]
    deleted_frames: list[int] = []


class Layout(msgspec.Struct, frozen=True):
    """Which frames are known: of gt_pool `honeypot_frames` repeat the `honeypot_real_frames`, one for one."""

    mode: str | None = None
    validation_frames: list[int] | None = None
    honeypot_frames: list[int] | None = None
    honeypot_real_frames: list[int] | None = None


class Shape(msgspec.Struct, frozen=True):
    """One thing that was drawn; of a rectangle `points` are x1, y1, x2, y2 in pixels."""

    type: str
    frame: int
    label_id: int
    points: list[float] = []
    rotation: float = 0.0
    id: int | None = None


class Keyframe(msgspec.Struct, frozen=True):
    """Where a track was put by a person; `outside` where it was said to have left."""

    type: str
    frame: int
    points: list[float] = []
    rotation: float = 0.0
    outside: bool = False


class Track(msgspec.Struct, frozen=True):
    """One thing that was drawn through several frames, from `frame` on: `shapes` are its keyframes."""

    frame: int
    label_id: int
    shapes: list[Keyframe] = []


class Drawn(msgspec.Struct, frozen=True):
    """All that was drawn in a job."""

    shapes: list[Shape] = []
    tracks: list[Track] = []


class Issue(msgspec.Struct, frozen=True):
    """A remark at a place of a frame."""

    id: int
    job: int
    frame: int
    resolved: bool = False


class Comment(msgspec.Struct, frozen=True):
    """What is said in an issue."""

    id: int
    issue: int
    message: str


class Request(msgspec.Struct, frozen=True):
    """Work that the server does in the background."""

    status: str
    message: str = ""


class Begun(msgspec.Struct, frozen=True):
    """The name of work that was begun."""

    rq_id: str


class Report(msgspec.Struct, frozen=True):
    """A report of quality; `summary` is CVAT's own."""

    id: int
    target: str
    job_id: int | None = None
    summary: dict[str, Any] = {}
