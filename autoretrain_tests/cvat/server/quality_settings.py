"""When two boxes count as one, by task."""

from typing import Any

from autoretrain_tests.cvat.server import rights, tasks
from autoretrain_tests.cvat.server.calls import Call, date, endpoint
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.work import Task

DEFAULTS: dict[str, Any] = {
    "job_filter": "",
    "inherit": True,
    "target_metric": "accuracy",
    "target_metric_threshold": 0.7,
    "max_validations_per_job": 0,
    "iou_threshold": 0.4,
    "low_overlap_threshold": 0.8,
    "empty_is_annotated": False,
}


def of(call: Call, task: Task) -> dict:
    """The task's, made when they are first asked for."""
    made = call.world.quality.setdefault(task.id, {"id": task.id, "task_id": task.id, "project_id": None} | DEFAULTS)
    return made | {"created_date": date(task.created), "updated_date": date(task.updated)}


@endpoint("GET", "/api/quality/settings")
def all_settings(call: Call) -> dict:
    seen = [task for task in call.world.tasks.values() if task.media and rights.visible(call, task)]
    fields = {"id": lambda task: task.id, "task_id": lambda task: task.id}
    return listed(call, seen, fields, [], lambda task: of(call, task), "id")


@endpoint("GET", "/api/quality/settings/{number}")
def settings(call: Call, number: int) -> dict:
    return of(call, rights.get(call, call.world.tasks, number, "QualitySettings"))


@endpoint("PATCH", "/api/quality/settings/{number}")
def change_settings(call: Call, number: int) -> dict:
    task = tasks.led(call, number)
    of(call, task)
    call.world.quality[task.id] |= call.json()
    return of(call, task)
