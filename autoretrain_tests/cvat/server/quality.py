"""Quality: how far a task's jobs agree with its known answers, in reports."""

from dataclasses import dataclass
from datetime import datetime

from autoretrain_tests.cvat.server import background, quality_settings, rights, tasks
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.comparing import Comparison, compared
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.users import short
from autoretrain_tests.cvat.server.work import Job, Task

FIELDS = {
    "id": lambda report: report.id,
    "task_id": lambda report: report.task.id,
    "job_id": lambda report: report.job and report.job.id,
    "parent_id": lambda report: report.parent,
    "target": lambda report: "job" if report.job else "task",
}


@dataclass(frozen=True)
class Report:
    """Of a task, or of one job within the report of its task (`parent`)."""

    id: int
    task: Task
    job: Job | None
    parent: int | None
    found: Comparison
    created: datetime
    target_updated: datetime
    known_updated: datetime


@endpoint("POST", "/api/quality/reports")
def create(call: Call) -> Answer:
    """A report of the task, then one of each annotation job; the known answers must be accepted."""
    task = tasks.led(call, call.json()["task_id"])
    known = next((job for job in call.world.jobs_of(task) if job.type == "ground_truth"), None)
    if known is None or (known.stage, known.state) != ("acceptance", "completed"):
        text = "Quality reports need a ground truth job at the acceptance stage and in the completed state"
        raise Refusal(400, [text])
    report = _write(call, task, known)
    rq_id = f"action=calculate&target=task&target_id={task.id}&subresource=quality"
    return Answer(background.note(call, rq_id, "calculate:quality", task, result_id=report.id), 202)


def _write(call: Call, task: Task, known: Job) -> Report:
    world, jobs = call.world, [job for job in call.world.jobs_of(task) if job.type == "annotation"]
    threshold = quality_settings.of(call, task)["iou_threshold"]
    found = {job.id: compared(job, known, threshold) for job in jobs}
    whole = Comparison([frame for part in found.values() for frame in part.frames], len(task.media.frames))
    dates = world.now(), task.updated, known.updated
    parent = Report(world.next_id("report"), task, None, None, whole, *dates)
    world.reports[parent.id] = parent
    for job in jobs:
        report = Report(world.next_id("report"), task, job, parent.id, found[job.id], dates[0], job.updated, dates[2])
        world.reports[report.id] = report
    return parent


def body(origin: str, report: Report) -> dict:
    """As the API shows it."""
    return {
        "id": report.id,
        "job_id": report.job.id if report.job else None,
        "task_id": report.task.id,
        "project_id": None,
        "parent_id": report.parent,
        "target": FIELDS["target"](report),
        "summary": report.found.summary(),
        "created_date": date(report.created),
        "target_last_updated": date(report.target_updated),
        "gt_last_updated": date(report.known_updated),
        "assignee": short(origin, report.job.assignee if report.job else report.task.assignee),
    }


@endpoint("GET", "/api/quality/reports")
def reports(call: Call) -> dict:
    seen = [report for report in call.world.reports.values() if rights.visible(call, report.task)]
    return listed(call, seen, FIELDS, [], lambda record: body(call.origin, record), "-id")


def _get(call: Call, number: int) -> Report:
    _ = call.asker
    if number not in call.world.reports:
        raise Refusal(404, {"detail": "No QualityReport matches the given query."})
    return call.world.reports[number]


@endpoint("GET", "/api/quality/reports/{number}")
def report(call: Call, number: int) -> dict:
    return body(call.origin, _get(call, number))


@endpoint("GET", "/api/quality/reports/{number}/data")
def data(call: Call, number: int) -> dict:
    """Frame by frame."""
    found = _get(call, number)
    return {"parameters": quality_settings.of(call, found.task)} | found.found.data()
