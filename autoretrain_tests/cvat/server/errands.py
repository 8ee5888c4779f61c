"""What a server does after it answered."""

from dataclasses import dataclass
from datetime import datetime

from autoretrain_tests.cvat.server.people import User
from autoretrain_tests.cvat.server.work import Task


@dataclass
class Errand:
    """One piece of it; `unfinished` is how the next questions see it."""

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
