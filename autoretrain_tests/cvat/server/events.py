"""What happened, as webhooks tell it: made, changed or removed, by whom, and how it was before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from autoretrain_tests.cvat.server.calls import Call, date
from autoretrain_tests.cvat.server.talk import Comment, Issue
from autoretrain_tests.cvat.server.users import short
from autoretrain_tests.cvat.server.work import Job, Project, Task
from autoretrain_tests.cvat.server.world import World

Record = Project | Task | Job | Issue | Comment
Body = Callable[[World, str, Any], dict]
"""How a record is shown: (world, origin, record) to JSON."""

WATCHED = {
    "updated": "updated_date",
    "name": "name",
    "bug_tracker": "bug_tracker",
    "status": "status",
    "stage": "stage",
    "state": "state",
    "overlap": "overlap",
    "segment_size": "segment_size",
    "dimension": "dimension",
    "mode": "mode",
    "media_type": "media_type",
    "data_id": "data_id",
    "assignee_id": "assignee_id",
    "resolved": "resolved",
}
"""A record's attribute, and the name under which a change of it is told."""


@dataclass(frozen=True)
class Event:
    """One thing to tell: `name` is like `update:job`, `project_id` whose webhooks hear it."""

    name: str
    project_id: int | None
    said: dict[str, Any] = field(default_factory=dict)


def happened(call: Call, verb: str, record: Record, body: Body, **more: Any) -> None:
    """Tell that the record was made, changed or removed."""
    noun = type(record).__name__.lower()
    said = {"event": f"{verb}:{noun}", noun: body(call.world, call.origin, record), "sender": _sender(call)}
    call.world.events.append(Event(said["event"], _project_of(call.world, record), said | more))


@contextmanager
def updating(call: Call, record: Record, body: Body) -> Iterator[None]:
    """What the block changes in the record gets a date and is told."""
    before = _watched(record)
    yield
    record.updated = call.world.now()
    after = _watched(record)
    changes = {name: {"from": before[name], "to": after[name]} for name in before if before[name] != after[name]}
    before = {name: before[name] for name in changes}
    happened(call, "update", record, body, before_update=before, changes=changes)


def _watched(record: Record) -> dict[str, Any]:
    values = {said: getattr(record, name) for name, said in WATCHED.items() if hasattr(record, name)}
    if hasattr(record, "assignee"):
        values["assignee_id"] = record.assignee.id if record.assignee else None
    return {name: date(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _sender(call: Call) -> dict | None:
    """What runs in the background has no origin to show a user by."""
    if call.origin:
        return short(call.origin, call.user)
    return {"id": call.asker.id, "username": call.asker.username, "email": call.asker.email}


def _project_of(world: World, record: Record) -> int | None:
    if isinstance(record, Comment):
        record = world.issues[record.issue_id]
    if isinstance(record, Issue):
        record = record.job
    task = record.task if isinstance(record, Job) else record
    project = task.project if isinstance(task, Task) else task
    return project.id if project else None
