"""Classes: of a project, or of a task that has none."""

import hashlib

from autoretrain_tests.cvat.server import rights
from autoretrain_tests.cvat.server.calls import Call, Refusal, endpoint
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.work import Label
from autoretrain_tests.cvat.server.world import World

FIELDS = {
    "id": lambda label: label.id,
    "name": lambda label: label.name,
    "type": lambda label: label.type,
    "color": lambda label: label.color,
}


def body(label: Label) -> dict:
    """As the API shows it."""
    owner = {"project_id": label.project_id} if label.project_id else {"task_id": label.task_id}
    shown = {
        "id": label.id,
        "name": label.name,
        "color": label.color,
        "attributes": [],
        "type": label.type,
        "sublabels": [],
    }
    return shown | owner | {"parent_id": None, "has_parent": False}


def edit(world: World, owner: dict[str, int], edits: list[dict]) -> None:
    """One without an id is added; one with an id is changed, or deleted with all that was drawn with it."""
    [(key, number)] = owner.items()
    for said in edits:
        if "id" not in said:
            _add(world, key, number, said)
        elif said["id"] not in world.labels:
            raise Refusal(404, {"detail": f"Not found label with id #{said['id']} to change"})
        elif said.get("deleted"):
            del world.labels[said["id"]]
            for job in world.jobs.values():
                job.shapes = [shape for shape in job.shapes if shape["label_id"] != said["id"]]
        else:
            label = world.labels[said["id"]]
            label.name, label.color = said.get("name", label.name), said.get("color", label.color)


def _add(world: World, key: str, owner: int, said: dict) -> None:
    known = [label.name for label in world.labels.values() if getattr(label, key) == owner]
    if said["name"] in known:
        raise Refusal(400, ["All label names must be unique"])
    color = said.get("color") or f"#{hashlib.sha256(said['name'].encode()).hexdigest()[:6]}"
    label = Label(world.next_id("label"), said["name"], color, said.get("type") or "any")
    setattr(label, key, owner)
    world.labels[label.id] = label


@endpoint("GET", "/api/labels")
def labels(call: Call) -> dict:
    world, query = call.world, call.query
    if "project_id" in query:
        project = rights.get(call, world.projects, int(query["project_id"]), "Project")
        found = [label for label in world.labels.values() if label.project_id == project.id]
    elif "job_id" in query:
        found = world.labels_of(rights.get(call, world.jobs, int(query["job_id"]), "Job").task)
    elif "task_id" in query:
        found = world.labels_of(rights.get(call, world.tasks, int(query["task_id"]), "Task"))
    else:
        found = [label for label in world.labels.values() if label.project_id is None or _seen(call, label)]
    return listed(call, found, FIELDS, ["name"], body, "id")


def _seen(call: Call, label: Label) -> bool:
    return rights.visible(call, call.world.projects[label.project_id])


@endpoint("GET", "/api/labels/{number}")
def label(call: Call, number: int) -> dict:
    _ = call.asker
    if number not in call.world.labels:
        raise Refusal(404, {"detail": "No Label matches the given query."})
    return body(call.world.labels[number])
