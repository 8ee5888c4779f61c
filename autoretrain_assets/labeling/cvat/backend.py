"""The protocol of labelling, on a CVAT server."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import polars as pl

from autoretrain_assets import schema
from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling.base import Answers, Batch, Progress, Task
from autoretrain_assets.labeling.cvat import answers, elsewhere, frames, jobs, opening, projects, remarks, standing
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.filters import containing
from autoretrain_assets.labeling.cvat.jobs import Jobs
from autoretrain_assets.labeling.cvat.wire import Job
from autoretrain_assets.labeling.failures import Gone


class CvatBackend:
    """A LabelingBackend whose task is one of the server's, or several: `Task.id` is their ids, with commas between."""

    def __init__(self, settings: Cvat) -> None:
        """The server is asked for the first time when something is asked of it."""
        self._server = Connection(settings)

    def open(self, batch: Batch) -> Task:
        """Make what of the batch is not on the server yet, wherever the last run was cut off.

        Raises LabelingError for an empty batch or an image twice, IntegrityError where an image's file is missing.
        """
        whole = opening.find_or_make(self._server, batch)
        return Task(
            batch.key, ",".join(str(task.id) for task in whole), self._url(batch.key, [one.id for one in whole])
        )

    def progress(self, task: Task) -> Progress:
        """How far the task is; raises Gone where it is."""
        how_far = self.progress_of([task]).get(task.key, self._gone(task))
        if isinstance(how_far, LabelingError):
            raise how_far
        return how_far

    def progress_of(self, tasks: Sequence[Task]) -> Mapping[str, Progress | LabelingError]:
        """How far each is, by key: a request for some hundred of them; those that are gone are left out."""
        here, others = elsewhere.parted(tasks)
        return standing.of_tasks(self._server, here) | {one.key: elsewhere.not_opened_here(one) for one in others}

    def finished_at(self, task: Task) -> datetime | None:
        """When the last of its jobs was changed, if all are finished."""
        return self.finished_at_of([task])[task.key]

    def finished_at_of(self, tasks: Sequence[Task]) -> Mapping[str, datetime | None]:
        """The same of each, by key: a request for some hundred of them."""
        here, others = elsewhere.parted(tasks)
        return standing.finished_at_of_tasks(self._server, here) | {one.key: None for one in others}

    def collect(self, task: Task) -> Answers:
        """The answers of a finished task; what cannot be read is a problem of its image, and no error."""
        of_each = self._jobs(task)
        if not all(mine.finished(self._server.settings.done_stage) for mine in of_each.values()):
            raise LabelingError(
                f"Task {task.key} is not finished: each of its jobs must be completed at the stage "
                f"{self._server.settings.done_stage} ({task.url})."
            )
        return _together([self._answers(number, mine, mine.asked) for number, mine in of_each.items()])

    def collect_finished(self, task: Task, known: Mapping[str, datetime]) -> Answers:
        """The answers of its finished jobs but for the `known` ones; others may be open."""
        done = self._server.settings.done_stage
        return _together(
            self._answers(number, mine, [job for job in mine.done(done) if known.get(str(job.id)) != job.changed_at])
            for number, mine in self._jobs(task).items()
        )

    def reopen(self, task: Task, reasons: Mapping[str, str]) -> None:
        """Say at each image why it comes back, then reject its job: killed in between, all of it is done again.

        What is no image of a job sends all of them back.
        """
        of_each = self._jobs(task)
        shown = {number: self._frames(number, mine) for number, mine in of_each.items()}
        said = standing.complaints(of_each, shown, reasons)
        remarks.make(self._server, said)
        everyone = [job for mine in of_each.values() for job in mine.asked]
        strange = {job.id for job in everyone if any(answers.is_about(one, job) for one in reasons)}
        named = {one.job for one in said} | strange or {job.id for job in everyone}
        for job in sorted(named):
            self._server.patch(f"/api/jobs/{job}", {"stage": "validation", "state": jobs.REJECTED})

    def _jobs(self, task: Task) -> dict[int, Jobs]:
        """The jobs of each of the task's parts; raises Gone where one of them is, Elsewhere where it is another's."""
        numbers = elsewhere.numbers(task)
        if not numbers:
            raise elsewhere.not_opened_here(task)
        found = jobs.of_tasks(self._server, numbers)
        if set(numbers) - set(found):
            raise self._gone(task)
        if wrong := elsewhere.misnamed(self._server, task.key, found):
            raise wrong
        return {number: found[number] for number in numbers}

    def _frames(self, number: int, mine: Jobs) -> frames.Frames:
        return frames.read(self._server, number, has_known=mine.truth is not None)

    def _answers(self, number: int, mine: Jobs, wanted: Sequence[Job]) -> Answers:
        shown = self._frames(number, mine)
        left = answers.others(shown, wanted)
        if not wanted:
            return Answers(schema.empty(schema.ANSWERS), others=left)
        names = projects.labels_of_task(self._server, number)
        return replace(answers.of_jobs(self._server, number, mine, wanted, shown, names), others=left)

    def _url(self, key: str, numbers: Sequence[int]) -> str:
        """Where a person opens the task; of several the list of them."""
        at = f"{self._server.pages}/tasks"
        return f"{at}/{numbers[0]}" if len(numbers) == 1 else f"{at}?page=1&filter={quote(containing('name', key))}"

    def _gone(self, task: Task) -> Gone:
        return Gone(
            f"Task {task.key} is gone: CVAT at {self._server.address} has not all of its tasks {task.id} any more. "
            f"Restore them from a backup of the server, or have it made anew by `autoretrain label again {task.key}`."
        )


def _together(found: Iterable[Answers]) -> Answers:
    """The answers of a task's parts as those of one."""
    parts = list(found)
    return Answers(
        pl.concat([schema.empty(schema.ANSWERS), *(one.table for one in parts)]),
        {image: problem for one in parts for image, problem in one.problems.items()},
        {image: job for one in parts for image, job in one.jobs.items()},
        frozenset().union(*(one.others for one in parts)),
    )
