"""What was drawn: read, replaced, added to, changed and removed, for a job or a whole task."""

from collections.abc import Iterable

from autoretrain_tests.cvat.server import rights
from autoretrain_tests.cvat.server.bodies import job_body, task_body
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, endpoint
from autoretrain_tests.cvat.server.drawing import KINDS, checked, drop, shown, stored
from autoretrain_tests.cvat.server.events import updating
from autoretrain_tests.cvat.server.work import Job


@endpoint("GET", "/api/jobs/{number}/annotations")
def of_job(call: Call, number: int) -> dict:
    return shown([rights.get(call, call.world.jobs, number, "Job")])


@endpoint("PUT", "/api/jobs/{number}/annotations")
def replace_in_job(call: Call, number: int) -> dict:
    return _replaced(call, [rights.get(call, call.world.jobs, number, "Job")])


@endpoint("PATCH", "/api/jobs/{number}/annotations")
def edit_in_job(call: Call, number: int) -> dict:
    return _edited(call, [rights.get(call, call.world.jobs, number, "Job")])


@endpoint("DELETE", "/api/jobs/{number}/annotations")
def clear_job(call: Call, number: int) -> Answer:
    _save(call, [rights.get(call, call.world.jobs, number, "Job")], {}, replace=True)
    return Answer(None, 204)


@endpoint("GET", "/api/tasks/{number}/annotations")
def of_task(call: Call, number: int) -> dict:
    return shown(_drawn_on(call, number))


@endpoint("PUT", "/api/tasks/{number}/annotations")
def replace_in_task(call: Call, number: int) -> dict:
    return _replaced(call, _drawn_on(call, number))


@endpoint("PATCH", "/api/tasks/{number}/annotations")
def edit_in_task(call: Call, number: int) -> dict:
    return _edited(call, _drawn_on(call, number))


@endpoint("DELETE", "/api/tasks/{number}/annotations")
def clear_task(call: Call, number: int) -> Answer:
    _save(call, _drawn_on(call, number), {}, replace=True)
    return Answer(None, 204)


def _drawn_on(call: Call, number: int) -> list[Job]:
    """The task's jobs; one of known answers is among them where its frames are its own."""
    task = rights.get(call, call.world.tasks, number, "Task")
    pool = task.validation is not None and task.validation.mode == "gt_pool"
    return [job for job in call.world.jobs_of(task) if job.type == "annotation" or pool]


def _replaced(call: Call, found: list[Job]) -> dict:
    return _save(call, found, call.json(), replace=True)


def _edited(call: Call, found: list[Job]) -> dict:
    action, said = call.query.get("action"), call.json()
    if action == "create":
        return _save(call, found, said, replace=False)
    if action == "update":  # the changed ones come back under new ids
        drop(found, said)
        return _save(call, found, said, replace=False)
    if action == "delete":
        for job in found:
            with updating(call, job, job_body):
                drop([job], said)
        return {"version": 0, "tags": [], "shapes": [], "tracks": [], "intervals": []} | said
    raise Refusal(400, ["Please specify a correct 'action' for the request"])


def _save(call: Call, found: Iterable[Job], said: dict, replace: bool) -> dict:
    """Give each job what lies on its frames; what lies on nobody's is dropped without a word."""
    said = {kind: said.get(kind) or [] for kind in KINDS}
    saved = {kind: [] for kind in KINDS}
    for job in found:
        labels = {label.id for label in call.world.labels_of(job.task)}
        ours = {kind: [item for item in said[kind] if item["frame"] in job.frames] for kind in KINDS}
        checked(said, labels)
        if not replace and not any(ours.values()):
            continue
        with updating(call, job, job_body):
            for kind in KINDS:
                new = [stored(call.world, kind, item) for item in ours[kind]]
                setattr(job, kind, ([] if replace else getattr(job, kind)) + new)
                saved[kind] += new
        with updating(call, job.task, task_body):
            pass
    return {"version": 0} | saved | {"intervals": []}
