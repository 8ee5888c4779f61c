"""The server's state: records by noun and number, one clock that never stands still, one lock."""

import itertools
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from autoretrain_tests.cvat.server.errands import Errand
from autoretrain_tests.cvat.server.people import Organization, User
from autoretrain_tests.cvat.server.talk import Comment, Issue
from autoretrain_tests.cvat.server.work import Job, Label, Project, Task


class World:
    """Everything that a server knows. Whoever reads or writes it holds `lock`."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.lock = threading.RLock()
        self.users: dict[int, User] = {}
        self.tokens: dict[str, User] = {}
        self.sessions: dict[str, User] = {}
        self.organizations: dict[int, Organization] = {}
        self.projects: dict[int, Project] = {}
        self.labels: dict[int, Label] = {}
        self.tasks: dict[int, Task] = {}
        self.jobs: dict[int, Job] = {}
        self.issues: dict[int, Issue] = {}
        self.comments: dict[int, Comment] = {}
        self.background: dict[str, Errand] = {}
        self.reports: dict[int, Any] = {}
        self.quality: dict[int, Any] = {}
        self.webhooks: dict[int, Any] = {}
        self.deliveries: dict[int, Any] = {}
        self.events: list[Any] = []
        self.unfinished: Sequence[str] = ()
        """How background work looks to the first questions after it: `queued` or `started`, one for each."""
        self.version = "2.80.0"
        self._clock, self._last = clock, datetime.min.replace(tzinfo=UTC)
        self._ids: dict[str, itertools.count[int]] = {}

    def now(self) -> datetime:
        """The clock's time, each a little after the one before."""
        self._last = max(self._clock(), self._last + timedelta(microseconds=1))
        return self._last

    def next_id(self, noun: str) -> int:
        """1, 2, … for each noun."""
        return next(self._ids.setdefault(noun, itertools.count(1)))

    def start_ids(self, first: dict[str, int]) -> None:
        """The next id of each noun."""
        self._ids |= {noun: itertools.count(number) for noun, number in first.items()}

    def add_user(self, username: str, password: str, role: str = "user") -> User:
        """A new account."""
        user = User(self.next_id("user"), username, password, role, self.now())
        self.users[user.id] = user
        return user

    def issue_token(self, user: User) -> str:
        """A token that lets one in as this user."""
        token = secrets.token_hex(20)
        self.tokens[token] = user
        return token

    def user_named(self, name: str) -> User | None:
        """By username or e-mail."""
        return next((user for user in self.users.values() if name in {user.username, user.email}), None)

    def jobs_of(self, task: Task) -> list[Job]:
        """The task's jobs, oldest first."""
        return [job for job in self.jobs.values() if job.task is task]

    def labels_of(self, task: Task) -> list[Label]:
        """What may be drawn in the task."""
        owned = ("project_id", task.project.id) if task.project else ("task_id", task.id)
        return [label for label in self.labels.values() if getattr(label, owned[0]) == owned[1]]

    def forget_task(self, task: Task) -> None:
        """The task and all that hangs on it."""
        gone = {job.id for job in self.jobs_of(task)}
        self.jobs = {number: job for number, job in self.jobs.items() if number not in gone}
        self.issues = {number: issue for number, issue in self.issues.items() if issue.job.id not in gone}
        self.comments = {
            number: comment for number, comment in self.comments.items() if comment.issue_id in self.issues
        }
        self.labels = {number: label for number, label in self.labels.items() if label.task_id != task.id}
        self.background = {number: rq for number, rq in self.background.items() if rq.task is not task}
        del self.tasks[task.id]
