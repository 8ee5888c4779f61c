"""What people say about places in frames."""

from dataclasses import dataclass
from datetime import datetime

from autoretrain_tests.cvat.server.people import User
from autoretrain_tests.cvat.server.work import Job


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
