"""How far tasks are, and what is said of those that came back."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime

from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling.base import Part, Progress
from autoretrain_assets.labeling.cvat import elsewhere, jobs, remarks
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.frames import Frames
from autoretrain_assets.labeling.cvat.jobs import Jobs
from autoretrain_assets.labeling.cvat.remarks import SENT_BACK, Remark
from autoretrain_assets.labeling.cvat.wire import Job, Layout
from autoretrain_assets.words import many

SHOWN = 100
"""Characters of a reason that are shown away from the server."""


def of_tasks(server: Connection, tasks: Mapping[str, Sequence[int]]) -> dict[str, Progress | LabelingError]:
    """How far each task is that is there with all its parts; `tasks` maps a key to the server's numbers.

    An error stands for one whose numbers are other tasks here.
    """
    found = jobs.of_tasks(server, [number for numbers in tasks.values() for number in numbers])
    there = {
        key: [(one, found[one]) for one in numbers] for key, numbers in tasks.items() if found.keys() >= {*numbers}
    }
    rejected = [
        job.id for parts in there.values() for _, mine in parts for job in mine.asked if job.state == jobs.REJECTED
    ]
    said = _complaints(server, rejected) if rejected else {}
    return {
        key: elsewhere.misnamed(server, key, dict(parts)) or _progress(server, parts, said)
        for key, parts in there.items()
    }


def finished_at_of_tasks(server: Connection, tasks: Mapping[str, Sequence[int]]) -> dict[str, datetime | None]:
    """When people finished each task (UTC); None where it is open, or not there by its name with all its parts."""
    found = jobs.of_tasks(server, [number for numbers in tasks.values() for number in numbers])
    its = {key: [found[one] for one in numbers if one in found] for key, numbers in tasks.items()}
    return {
        key: _finished_at(server, parts)
        if len(parts) == len(tasks[key]) and all(mine.is_of(key) for mine in parts)
        else None
        for key, parts in its.items()
    }


def complaints(of_each: Mapping[int, Jobs], shown: Mapping[int, Frames], reasons: Mapping[str, str]) -> list[Remark]:
    """What is to be said at the images that come back; what is no image of the task is said nowhere."""
    return [
        remarks.sent_back(reasons[image], job.id, number, shown[task].all[number])
        for task, mine in of_each.items()
        for number, image in shown[task].asked.items()
        if image in reasons and (job := mine.of_frame(number)) is not None
    ]


def _progress(server: Connection, parts: Sequence[tuple[int, Jobs]], said: Mapping[int, Sequence[str]]) -> Progress:
    images = sum(mine.images - _known(server, task, mine) for task, mine in parts)
    each = [_part(server, job) for _, mine in parts for job in mine.asked]
    if at := _finished_at(server, [mine for _, mine in parts]):
        return Progress(images, finished=True, revision=at.isoformat(), parts=each, done=_one_by_one(server, parts))
    back = [job for _, mine in parts for job in mine.asked if job.state == jobs.REJECTED]
    why = _in_short(server, back, said) if back else ""
    return Progress(images, finished=False, sent_back=why, parts=each, done=_one_by_one(server, parts))


def _one_by_one(server: Connection, parts: Sequence[tuple[int, Jobs]]) -> dict[str, datetime]:
    """The finished jobs, where the settings take them while others are open."""
    if not server.settings.partial:
        return {}
    done = (job for _, mine in parts for job in mine.done(server.settings.done_stage))
    return {str(job.id): job.changed_at for job in done}


def _part(server: Connection, job: Job) -> Part:
    task = f"{server.pages}/tasks/{job.task_id}"
    return Part(
        task=str(job.task_id),
        task_url=task,
        job=str(job.id),
        url=f"{task}/jobs/{job.id}",
        assignee=job.assignee.username if job.assignee else "",
        state=f"{job.stage}: {job.state}",
        images=job.frame_count,
        finished=jobs.is_finished(job, server.settings.done_stage),
    )


def _finished_at(server: Connection, parts: Sequence[Jobs]) -> datetime | None:
    """When the last of the jobs was changed, if all are finished."""
    done = all(mine.finished(server.settings.done_stage) for mine in parts)
    return max(mine.changed_at for mine in parts) if done else None


def _known(server: Connection, task: int, mine: Jobs) -> int:
    """How many of the frames that people see are known ones."""
    if mine.truth is None:
        return 0
    if mine.known_are_among_them:
        return mine.truth.frame_count
    return len(server.get(Layout, f"/api/tasks/{task}/validation_layout").honeypot_frames or ())


def _in_short(server: Connection, back: Sequence[Job], said: Mapping[int, Sequence[str]]) -> str:
    reasons = [reason for job in back for reason in said.get(job.id, ())]
    where = ", ".join(_part(server, job).url for job in back)
    if not reasons:
        return f"rejected on the server ({where})"
    return f"{many(len(reasons), 'image')}, such as: {textwrap.shorten(reasons[0], SHOWN, placeholder=' …')} ({where})"


def _complaints(server: Connection, rejected: Sequence[int]) -> dict[int, list[str]]:
    """By job, why its images came back, of what is not resolved."""
    found: dict[int, list[str]] = {}
    for issue, text in remarks.standing(server, rejected):
        if text.startswith(SENT_BACK):
            found.setdefault(issue.job, []).append(text.removeprefix(SENT_BACK))
    return found
