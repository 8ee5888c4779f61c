"""CVAT's own report of how good a task's answers are, as its pages show it."""

from collections.abc import Mapping
from typing import Any

from autoretrain_assets.labeling.cvat import uploads
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.wire import Begun, Report


def scores(server: Connection, task: int) -> Mapping[int, float]:
    """How CVAT rates each of the task's jobs now, from 0 to 1; a job that it does not rate is left out."""
    begun = server.post(Begun, "/api/quality/reports", {"task_id": task})
    uploads.wait(server, task, begun.rq_id)
    newest: dict[int, Report] = {}
    for report in server.all(Report, "/api/quality/reports", task_id=task, target="job"):
        if report.job_id is not None and report.id >= newest.get(report.job_id, report).id:
            newest[report.job_id] = report
    rated = {job: score(report.summary) for job, report in newest.items()}
    return {job: value for job, value in rated.items() if value is not None}


def score(summary: Mapping[str, Any]) -> float | None:
    """What a report comes to: its accuracy, or of newer servers the mean score of what is required."""
    required = (summary.get("requirements") or {}).get("items") or ()
    found = [summary.get("accuracy")] if "accuracy" in summary else [one.get("score") for one in required]
    numbers = [float(value) for value in found if isinstance(value, int | float)]
    return sum(numbers) / len(numbers) if numbers else None
