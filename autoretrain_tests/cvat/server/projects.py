"""Projects: tasks that share labels."""

from autoretrain_tests.cvat.server import labels, rights
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.events import happened, updating
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.users import short
from autoretrain_tests.cvat.server.work import Project
from autoretrain_tests.cvat.server.world import World

FIELDS = {
    "id": lambda project: project.id,
    "name": lambda project: project.name,
    "owner": lambda project: project.owner.username,
    "assignee": lambda project: project.assignee and project.assignee.username,
    "status": lambda project: project.status,
    "updated_date": lambda project: date(project.updated),
}


def body(world: World, origin: str, project: Project) -> dict:
    """As the API shows it."""
    tasks = [task for task in world.tasks.values() if task.project is project]
    return {
        "url": f"{origin}/api/projects/{project.id}",
        "id": project.id,
        "name": project.name,
        "owner": short(origin, project.owner),
        "assignee": short(origin, project.assignee),
        "guide_id": None,
        "bug_tracker": project.bug_tracker,
        "created_date": date(project.created),
        "updated_date": date(project.updated),
        "status": project.status,
        "dimension": next((task.dimension for task in tasks if task.dimension), None),
        "organization": project.organization.id if project.organization else None,
        "organization_id": project.organization.id if project.organization else None,
        "target_storage": None,
        "source_storage": None,
        "tasks": {"count": len(tasks), "url": f"{origin}/api/tasks?project_id={project.id}"},
        "labels": {"url": f"{origin}/api/labels?project_id={project.id}"},
        "assignee_updated_date": None,
        "task_subsets": sorted({task.subset for task in tasks if task.subset}),
    }


@endpoint("GET", "/api/projects")
def projects(call: Call) -> dict:
    seen = [project for project in call.world.projects.values() if rights.visible(call, project)]
    return listed(call, seen, FIELDS, ["name"], lambda record: body(call.world, call.origin, record), "-id")


@endpoint("POST", "/api/projects")
def create(call: Call) -> Answer:
    said, world = call.json(), call.world
    if not said.get("name"):
        raise Refusal(400, {"name": ["This field is required."]})
    owner, now = call.asker, world.now()
    project = Project(world.next_id("project"), said["name"], owner, call.organization, now, world.now())
    project.bug_tracker = said.get("bug_tracker") or ""
    world.projects[project.id] = project
    labels.edit(world, {"project_id": project.id}, said.get("labels") or [])
    happened(call, "create", project, body)
    return Answer(body(world, call.origin, project), 201)


@endpoint("GET", "/api/projects/{number}")
def project(call: Call, number: int) -> dict:
    return body(call.world, call.origin, rights.get(call, call.world.projects, number, "Project"))


@endpoint("PATCH", "/api/projects/{number}")
def change(call: Call, number: int) -> dict:
    said = call.json()
    found = rights.get(call, call.world.projects, number, "Project")
    if not rights.leads(call.asker, found):
        raise rights.forbid()
    with updating(call, found, body):
        found.name = said.get("name", found.name)
        found.bug_tracker = said.get("bug_tracker", found.bug_tracker)
        labels.edit(call.world, {"project_id": number}, said.get("labels") or [])
    return body(call.world, call.origin, found)


@endpoint("DELETE", "/api/projects/{number}")
def delete(call: Call, number: int) -> Answer:
    found = rights.get(call, call.world.projects, number, "Project")
    if not rights.leads(call.asker, found):
        raise rights.forbid()
    for task in [task for task in call.world.tasks.values() if task.project is found]:
        call.world.forget_task(task)
    del call.world.projects[number]
    return Answer(None, 204)
