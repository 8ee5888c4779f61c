"""Who may see and change what."""

from typing import Any

from autoretrain_tests.cvat.server.calls import Call, Refusal
from autoretrain_tests.cvat.server.people import User
from autoretrain_tests.cvat.server.work import Job, Project, Task

LEADERS = {"owner", "maintainer"}
"""Roles of an organization that see all of it."""


def forbid() -> Refusal:
    """The answer to whoever may not."""
    return Refusal(403, {"detail": "You do not have permission to perform this action."})


def visible(call: Call, record: Project | Task | Job) -> bool:
    """The asker may see it, and it lies in the organization that the call names."""
    task = record.task if isinstance(record, Job) else record
    asked = "X-Organization" in call.headers or "org" in call.query
    if asked and task.organization is not call.organization:
        return False
    return leads(call.asker, record) or works_on(call, record)


def leads(user: User, record: Project | Task | Job) -> bool:
    """An admin, the owner or assignee of the task or project, or a leader of their organization."""
    task = record.task if isinstance(record, Job) else record
    above = [task, task.project] if isinstance(task, Task) else [task]
    ours = any(user in (thing.owner, thing.assignee) for thing in above if thing)
    role = task.organization.members.get(user.id) if task.organization else None
    return user.role == "admin" or ours or role in LEADERS


def works_on(call: Call, record: Project | Task | Job) -> bool:
    """A job that is the asker's, or a task or project with one."""
    jobs = [record] if isinstance(record, Job) else call.world.jobs.values()
    mine = [job for job in jobs if job.assignee is call.asker]
    return any(record in (job, job.task, job.task.project) for job in mine)


def get(call: Call, records: dict[int, Any], number: int, noun: str) -> Any:
    """The record, or 404; 403 for whoever may not see it."""
    record = records.get(number)
    _ = call.asker
    if record is None:
        raise Refusal(404, {"detail": f"No {noun} matches the given query."})
    if not visible(call, record):
        raise forbid()
    return record
