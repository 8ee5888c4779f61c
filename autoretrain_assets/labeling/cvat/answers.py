"""What people drew in a task, as answers: held against its frames, as CVAT takes whatever is drawn."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from autoretrain_assets import schema
from autoretrain_assets.labeling.base import UNKNOWN, Answers
from autoretrain_assets.labeling.cvat import known, reports, shapes
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.frames import Frames
from autoretrain_assets.labeling.cvat.jobs import Jobs
from autoretrain_assets.labeling.cvat.shapes import Drawings
from autoretrain_assets.labeling.cvat.wire import Drawn, Job


def of_jobs(
    server: Connection, task: int, mine: Jobs, wanted: Sequence[Job], shown: Frames, labels: Mapping[int, str]
) -> Answers:
    """The answers of the `wanted` jobs, with who gave them, when, and how good they are; known images are none."""
    right, by_server = known.truth(server, mine, shown, labels), _by_server(server, task, mine)
    rows, problems, jobs = list[dict[str, Any]](), dict[str, str](), dict[str, str]()
    for job in wanted:
        drawn = server.get(Drawn, f"/api/jobs/{job.id}/annotations/")
        read = shapes.read(drawn, labels, job.frames, shown.deleted)
        quality = by_server.get(job.id) if by_server is not None else known.agreement(job, shown, read, right)
        found, wrong = _of_job(job, shown, read)
        rows += [row | _signed(job) | {"quality": quality} for row in found]
        problems |= wrong
        jobs |= dict.fromkeys(wrong, str(job.id))
    columns = {name: kind for name, kind in schema.ANSWERS.items() if name != "seconds"}
    return Answers(schema.conform(pl.DataFrame(rows, schema=columns), schema.ANSWERS), problems, jobs)


def others(shown: Frames, wanted: Sequence[Job]) -> frozenset[str]:
    """The images of the task that the `wanted` jobs do not show."""
    own = {frame for job in wanted for frame in job.frames}
    return frozenset(image for frame, image in shown.asked.items() if frame not in own)


def outside(frame: int, job: Job) -> str:
    """What a frame is called that is no image, among the problems."""
    return f"frame {frame} of job {job.id}"


def is_about(problem: str, job: Job) -> bool:
    """Whether what is called so is one of the job's."""
    return problem.endswith(f" of job {job.id}")


def _of_job(job: Job, shown: Frames, read: Drawings) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The images that can be read, and what is wrong with the others; what lies on no image has the job's name."""
    rows, problems = list[dict[str, Any]](), dict[str, str]()
    asked = shown.asked
    for frame in job.frames:
        image = asked.get(frame)
        if image is None:
            continue
        if (
            problem := "deleted on the server: restore the frame"
            if frame in shown.deleted
            else read.problems.get(frame)
        ):
            problems[image] = problem
        else:
            rows.append({"sha256": image, "boxes": [box.as_row() for box in read.boxes.get(frame, ())]})
    strange = sorted({*read.boxes, *read.problems} - {*job.frames})
    return rows, problems | {outside(frame, job): "no frame of this job: remove it" for frame in strange}


def _signed(job: Job) -> dict[str, Any]:
    by = job.assignee.username if job.assignee else UNKNOWN
    return {"annotator": by, "finished_at": job.changed_at, "job": str(job.id)}


def _by_server(server: Connection, task: int, mine: Jobs) -> Mapping[int, float] | None:
    """What CVAT's report says of each job; None where the settings ask for the agreement instead."""
    if server.settings.quality != "server":
        return None
    return reports.scores(server, task) if mine.truth is not None else {}
