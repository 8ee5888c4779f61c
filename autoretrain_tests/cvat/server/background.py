"""What a server does after it answered, and how one asks whether it is done."""

from typing import Any

from autoretrain_tests.cvat.server.calls import Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.errands import Errand
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.work import Task

FIELDS = {
    "id": lambda request: request.id,
    "task_id": lambda request: request.task.id,
    "project_id": lambda request: request.task.project and request.task.project.id,
    "action": lambda request: request.type.partition(":")[0],
}


def note(call: Call, rq_id: str, kind: str, task: Task, **more: Any) -> dict:
    """Remember the work, which is done already, and give the answer that names it."""
    world = call.world
    found = Errand(rq_id, kind, call.asker, world.now(), task, list(world.unfinished), **more)
    found.finished = world.now()
    world.background[rq_id] = found
    return {"rq_id": rq_id}


def body(request: Errand) -> dict:
    """As the API shows it."""
    begun = date(request.created) if _status(request) != "queued" else None
    done = None if request.unfinished else date(request.finished)
    return {
        "status": _status(request),
        "message": request.message if done else "",
        "id": request.id,
        "operation": _operation(request),
        "progress": 0.0,
        "created_date": date(request.created),
        "started_date": begun,
        "finished_date": done,
        "expiry_date": done,
        "owner": {"id": request.owner.id, "username": request.owner.username},
        "result_url": request.result_url if done else None,
        "result_id": request.result_id if done else None,
    }


def _status(request: Errand) -> str:
    if request.unfinished:
        return request.unfinished[0]
    return "failed" if request.failed else "finished"


def _operation(request: Errand) -> dict:
    known = {
        "type": request.type,
        "target": "task",
        "project_id": request.task.project.id if request.task.project else None,
        "task_id": request.task.id,
        "job_id": None,
        "org_id": request.task.organization.id if request.task.organization else None,
    }
    quality = request.type.endswith(":quality")
    return known | ({} if quality else {"format": request.format}) | {"lightweight": None}


@endpoint("GET", "/api/requests")
def requests(call: Call) -> dict:
    mine = [request for request in call.world.background.values() if request.owner is call.asker]
    return listed(call, mine, FIELDS | {"status": _status}, [], body, "-id")


@endpoint("GET", "/api/requests/{name}")
def request(call: Call, name: str) -> dict:
    found = call.world.background.get(name)
    if found is None or (found.owner is not call.asker and call.asker.role != "admin"):
        raise Refusal(404, {"detail": "Not found."})
    shown = body(found)
    found.unfinished = found.unfinished[1:]
    return shown
