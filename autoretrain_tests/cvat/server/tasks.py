"""Tasks: images to label together."""

from autoretrain_tests.cvat.server import labels, rights
from autoretrain_tests.cvat.server.bodies import task_body
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.events import happened, updating
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.work import Task

FIELDS = {
    "id": lambda task: task.id,
    "name": lambda task: task.name,
    "project_id": lambda task: task.project and task.project.id,
    "project_name": lambda task: task.project and task.project.name,
    "owner": lambda task: task.owner.username,
    "assignee": lambda task: task.assignee and task.assignee.username,
    "status": lambda task: task.status,
    "subset": lambda task: task.subset,
    "mode": lambda task: task.mode,
    "dimension": lambda task: task.dimension,
    "tracker_link": lambda task: task.bug_tracker,
    "validation_mode": lambda task: task.validation and task.validation.mode,
    "updated_date": lambda task: date(task.updated),
}


@endpoint("GET", "/api/tasks")
def tasks(call: Call) -> dict:
    seen = [task for task in call.world.tasks.values() if rights.visible(call, task)]
    return listed(call, seen, FIELDS, ["name"], lambda record: task_body(call.world, call.origin, record), "-id")


@endpoint("POST", "/api/tasks")
def create(call: Call) -> Answer:
    said, world = call.json(), call.world
    if not said.get("name"):
        raise Refusal(400, {"name": ["This field is required."]})
    project = rights.get(call, world.projects, said["project_id"], "Project") if said.get("project_id") else None
    owner, now = call.asker, world.now()
    organization = project.organization if project else call.organization
    sizes = said.get("overlap"), said.get("segment_size") or 0
    task = Task(world.next_id("task"), said["name"], owner, project, organization, now, world.now(), *sizes)
    task.bug_tracker, task.subset = said.get("bug_tracker") or "", said.get("subset") or ""
    task.assignee = world.users.get(said.get("assignee_id") or 0)
    world.tasks[task.id] = task
    labels.edit(world, {"task_id": task.id}, [] if project else said.get("labels") or [])
    happened(call, "create", task, task_body)
    return Answer(task_body(world, call.origin, task), 201)


@endpoint("GET", "/api/tasks/{number}")
def task(call: Call, number: int) -> dict:
    return task_body(call.world, call.origin, rights.get(call, call.world.tasks, number, "Task"))


def led(call: Call, number: int) -> Task:
    """The task, for who may change it."""
    found = rights.get(call, call.world.tasks, number, "Task")
    if not rights.leads(call.asker, found):
        raise rights.forbid()
    return found


@endpoint("PATCH", "/api/tasks/{number}")
def change(call: Call, number: int) -> dict:
    said, found = call.json(), led(call, number)
    with updating(call, found, task_body):
        for name in {"name", "bug_tracker", "subset"} & set(said):
            setattr(found, name, said[name])
        if "assignee_id" in said:
            found.assignee = call.world.users.get(said["assignee_id"] or 0)
            found.assignee_updated = call.world.now()
        if not found.project:
            labels.edit(call.world, {"task_id": number}, said.get("labels") or [])
    return task_body(call.world, call.origin, found)


@endpoint("DELETE", "/api/tasks/{number}")
def delete(call: Call, number: int) -> Answer:
    found = led(call, number)
    happened(call, "delete", found, task_body)
    call.world.forget_task(found)
    return Answer(None, 204)
