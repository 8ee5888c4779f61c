"""Jobs: a run of frames for one person, with its stage and state."""

from autoretrain_tests.cvat.server import intake, rights, tasks
from autoretrain_tests.cvat.server.bodies import job_body, task_body
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.events import happened, updating
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.work import Job

STAGES = {"annotation", "validation", "acceptance"}
STATES = {"new", "in progress", "completed", "rejected"}
FIELDS = {
    "id": lambda job: job.id,
    "task_id": lambda job: job.task.id,
    "task_name": lambda job: job.task.name,
    "project_id": lambda job: job.task.project and job.task.project.id,
    "project_name": lambda job: job.task.project and job.task.project.name,
    "assignee": lambda job: job.assignee and job.assignee.username,
    "state": lambda job: job.state,
    "stage": lambda job: job.stage,
    "type": lambda job: job.type,
    "dimension": lambda job: job.task.dimension,
    "mode": lambda job: job.task.mode,
    "updated_date": lambda job: date(job.updated),
}


@endpoint("GET", "/api/jobs")
def jobs(call: Call) -> dict:
    seen = [job for job in call.world.jobs.values() if rights.visible(call, job)]
    search = ["task_name", "project_name", "assignee", "state", "stage"]
    return listed(call, seen, FIELDS, search, lambda record: job_body(call.world, call.origin, record), "-id")


@endpoint("POST", "/api/jobs")
def create(call: Call) -> Answer:
    """A task's one ground truth job, of the frames that are asked for."""
    said, world = call.json(), call.world
    task = tasks.led(call, said["task_id"])
    if said.get("type") != "ground_truth":
        raise Refusal(400, {"type": [f"Unexpected job type '{said.get('type')}'"]})
    if any(job.type == "ground_truth" for job in world.jobs_of(task)):
        raise Refusal(400, ["A task can have only 1 ground truth job"])
    if task.media is None or not task.media.frames:
        raise Refusal(400, ["This task has no media attached yet"])
    last = len(task.media.frames) - 1
    intake.choose_known(call, task, said)
    job = intake.add_job(call, task, "ground_truth", 0, last, task.validation.frames)
    happened(call, "create", job, job_body)
    return Answer(job_body(world, call.origin, job), 201)


@endpoint("GET", "/api/jobs/{number}")
def job(call: Call, number: int) -> dict:
    return job_body(call.world, call.origin, rights.get(call, call.world.jobs, number, "Job"))


@endpoint("PATCH", "/api/jobs/{number}")
def change(call: Call, number: int) -> dict:
    """Who leads the task may set all; whose job it is, its state. A new stage starts as `new`."""
    said, found = call.json(), rights.get(call, call.world.jobs, number, "Job")
    if {"stage", "assignee"} & set(said) and not rights.leads(call.asker, found):
        raise rights.forbid()
    for name, known in {"stage": STAGES, "state": STATES}.items():
        if name in said and said[name] not in known:
            raise Refusal(400, {name: [f'"{said[name]}" is not a valid choice.']})
    with updating(call, found, job_body):
        _apply(call, found, said)
        _carry_up(call, found)
    return job_body(call.world, call.origin, found)


def _apply(call: Call, job: Job, said: dict) -> None:
    if "assignee" in said:
        if said["assignee"] is not None and said["assignee"] not in call.world.users:
            raise Refusal(400, {"assignee": [f'Invalid pk "{said["assignee"]}" - object does not exist.']})
        job.assignee, job.assignee_updated = call.world.users.get(said["assignee"] or 0), call.world.now()
    if {"stage", "state"} & set(said):
        stage = said.get("stage", job.stage)
        job.state = said.get("state", "new" if stage != job.stage else job.state)
        job.stage = stage
        whole = (job.stage, job.state) == ("acceptance", "completed")
        job.status = "annotation" if stage == "annotation" else "completed" if whole else "validation"


def _carry_up(call: Call, job: Job) -> None:
    """The task is as far as the annotation job that is furthest behind."""
    reached = {other.status for other in call.world.jobs_of(job.task) if other.type == "annotation"}
    status = next((status for status in ("annotation", "validation") if status in reached), "completed")
    if status != job.task.status:
        with updating(call, job.task, task_body):
            job.task.status = status


@endpoint("DELETE", "/api/jobs/{number}")
def delete(call: Call, number: int) -> Answer:
    found = rights.get(call, call.world.jobs, number, "Job")
    if not rights.leads(call.asker, found):
        raise rights.forbid()
    if found.type != "ground_truth":
        raise Refusal(400, ["Only ground truth jobs can be removed"])
    del call.world.jobs[number]
    found.task.validation = None
    return Answer(None, 204)
