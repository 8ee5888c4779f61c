"""Jobs: a run of frames for one person, with its stage and state."""

from autoretrain_tests.cvat.server import intake, rights, tasks
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.entities import Job
from autoretrain_tests.cvat.server.events import happened, updating
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.users import short
from autoretrain_tests.cvat.server.world import World

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


def body(world: World, origin: str, job: Job) -> dict:
    """As the API shows it."""
    task = job.task
    issues = sum(issue.job is job for issue in world.issues.values())
    return {
        "url": f"{origin}/api/jobs/{job.id}",
        "id": job.id,
        "task_id": task.id,
        "task_name": task.name,
        "project_id": task.project.id if task.project else None,
        "project_name": task.project.name if task.project else None,
        "assignee": short(origin, job.assignee),
        "guide_id": None,
        "dimension": task.dimension,
        "mode": task.mode,
        "media_type": task.media_type,
        "bug_tracker": task.bug_tracker,
        "status": job.status,
        "stage": job.stage,
        "state": job.state,
        "frame_count": len(job.frames),
        "start_frame": job.start,
        "stop_frame": job.stop,
        "data_chunk_size": tasks.CHUNK,
        "data_compressed_chunk_type": "imageset",
        "data_original_chunk_type": "imageset",
        "created_date": date(job.created),
        "updated_date": date(job.updated),
        "issues": {"url": f"{origin}/api/issues?job_id={job.id}", "count": issues},
        "labels": {"url": f"{origin}/api/labels?job_id={job.id}"},
        "type": job.type,
        "organization": task.organization.id if task.organization else None,
        "target_storage": None,
        "source_storage": None,
        "assignee_updated_date": date(job.assignee_updated),
        "parent_job_id": None,
        "replicas_count": 0,
        "consensus_replicas": 0,
    }


@endpoint("GET", "/api/jobs")
def jobs(call: Call) -> dict:
    seen = [job for job in call.world.jobs.values() if rights.visible(call, job)]
    search = ["task_name", "project_name", "assignee", "state", "stage"]
    return listed(call, seen, FIELDS, search, lambda record: body(call.world, call.origin, record), "-id")


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
    happened(call, "create", job, body)
    return Answer(body(world, call.origin, job), 201)


@endpoint("GET", "/api/jobs/{number}")
def job(call: Call, number: int) -> dict:
    return body(call.world, call.origin, rights.get(call, call.world.jobs, number, "Job"))


@endpoint("PATCH", "/api/jobs/{number}")
def change(call: Call, number: int) -> dict:
    """Who leads the task may set all; whose job it is, its state. A new stage starts as `new`."""
    said, found = call.json(), rights.get(call, call.world.jobs, number, "Job")
    if {"stage", "assignee"} & set(said) and not rights.leads(call.asker, found):
        raise rights.forbid()
    for name, known in {"stage": STAGES, "state": STATES}.items():
        if name in said and said[name] not in known:
            raise Refusal(400, {name: [f'"{said[name]}" is not a valid choice.']})
    with updating(call, found, body):
        _apply(call, found, said)
        _carry_up(call, found)
    return body(call.world, call.origin, found)


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
        with updating(call, job.task, tasks.body):
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
