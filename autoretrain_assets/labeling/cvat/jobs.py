"""The jobs of tasks: how far they are. Listed for many tasks at once, in few requests."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.filters import AT_ONCE, within
from autoretrain_assets.labeling.cvat.wire import Job

STAGES = ("annotation", "validation", "acceptance")
ACCEPTANCE = STAGES[-1]
COMPLETED, REJECTED, NEW = "completed", "rejected", "new"


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one task, in the order of their frames; `truth` is the one with known answers, if there is one."""

    asked: Sequence[Job]
    truth: Job | None = None

    @property
    def images(self) -> int:
        """How many frames people are asked for, the known ones among them."""
        return sum(job.frame_count for job in self.asked)

    @property
    def known_are_among_them(self) -> bool:
        """Whether the known frames are the task's own, each once, and not a pool beside them."""
        return self.truth is not None and any(
            job.start_frame <= self.truth.start_frame <= job.stop_frame for job in self.asked
        )

    @property
    def changed_at(self) -> datetime:
        """When a job was changed last (UTC)."""
        return max(job.changed_at for job in self.asked)

    def is_of(self, key: str) -> bool:
        """Whether their task is called by this key, where the server says how; another one counts from 1 as well."""
        return all(key in (job.task_name or key) for job in self.asked)

    def finished(self, done_stage: str) -> bool:
        """Whether each is `completed` at that stage or a later one."""
        return bool(self.asked) and all(is_finished(job, done_stage) for job in self.asked)

    def done(self, done_stage: str) -> list[Job]:
        """Those that are."""
        return [job for job in self.asked if is_finished(job, done_stage)]

    def of_frame(self, number: int) -> Job | None:
        """The job that a frame is in."""
        return next((job for job in self.asked if job.start_frame <= number <= job.stop_frame), None)


def is_finished(job: Job, done_stage: str) -> bool:
    """Whether it is `completed` at that stage or a later one."""
    return job.state == COMPLETED and STAGES.index(job.stage) >= STAGES.index(done_stage)


def of_tasks(server: Connection, tasks: Sequence[int]) -> dict[int, Jobs]:
    """The jobs of each task; one that is gone is left out."""
    found = defaultdict[int, list[Job]](list)
    waiting = iter(tasks)
    while some := list(islice(waiting, AT_ONCE)):
        for job in server.all(Job, "/api/jobs", filter=within("task_id", some)):
            found[job.task_id].append(job)
    return {task: _sorted(jobs) for task, jobs in found.items()}


def _sorted(jobs: Sequence[Job]) -> Jobs:
    """CVAT lists the newest first, and those of consensus beside the one that they make up."""
    asked = sorted((job for job in jobs if job.type == "annotation"), key=lambda job: (job.start_frame, job.id))
    return Jobs(asked, next((job for job in jobs if job.is_ground_truth), None))
