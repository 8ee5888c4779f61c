"""CVAT's own report of how good a task's answers are, as its pages show it."""

from collections.abc import Mapping

from autoretrain_assets.labeling.cvat import uploads
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.wire import Begun, Report


def accuracy(server: Connection, task: int) -> Mapping[int, float]:
    """The accuracy of each of the task's jobs, as CVAT works it out now; a job that it does not rate is left out."""
    begun = server.post(Begun, "/api/quality/reports", {"task_id": task})
    uploads.wait(server, task, begun.rq_id)
    newest: dict[int, Report] = {}
    for report in server.all(Report, "/api/quality/reports", task_id=task, target="job"):
        if report.job_id is not None and report.id >= newest.get(report.job_id, report).id:
            newest[report.job_id] = report
    rated = {job: report.summary.get("accuracy") for job, report in newest.items()}
    return {job: float(value) for job, value in rated.items() if isinstance(value, int | float)}
