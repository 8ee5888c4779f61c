"""A home that labels on the stand-in server, quick to give up on it; and tasks by the hundred that nobody uploaded."""

import copy
from datetime import UTC, datetime

import polars as pl

from autoretrain_assets import schema
from autoretrain_tests.homes import DAY, laid_out
from autoretrain_tests.tables import annotation, annotations

QUICK = ("retries=0", "poll_seconds=0.01", "timeout_s=5", "wait_s=5")
AT = datetime(2025, 3, 2, 12, tzinfo=UTC)


def home_on(server, root, *overrides):
    """A home whose tasks are on the server."""
    cvat = [f"labeling.cvat.{one}" for one in (f"url={server.url}", *QUICK)]
    return laid_out(root, "labeling.backend=cvat", *cvat, *overrides)


def crowd(server, home, waiting, collected):
    """So many more tasks, copies of the home's first one; those that were collected are finished."""
    world, table, day = server.world, home.cvat_tasks, home.cvat_tasks.read(DAY)
    with world.lock:
        first = world.tasks[int(day["task_id"][0])]
        [job] = world.jobs_of(first)
        made = [_copied(world, first, job, number >= waiting) for number in range(waiting + collected)]
    rows = [
        day.row(0, named=True) | {"key": f"{DAY}-{task.id}", "task_id": str(task.id), "images": [f"image {task.id}"]}
        for task, _ in made
    ]
    table.write(DAY, pl.concat([day, pl.DataFrame(rows, schema=schema.CVAT_TASKS)]))
    done = [
        annotation(f"image {task.id}") | {"task_key": f"{DAY}-{task.id}", "finished_at": job.updated}
        for task, job in made[waiting:]
    ]
    home.annotations.write(DAY, annotations(*done))


def _copied(world, task, job, is_finished):
    """The task and its job once more."""
    other, its = copy.copy(task), copy.copy(job)
    other.id, its.id, its.task = world.next_id("task"), world.next_id("job"), other
    other.name = f"{DAY}-{other.id}"
    if is_finished:
        its.stage, its.state, its.updated = "acceptance", "completed", AT
    world.tasks[other.id], world.jobs[its.id] = other, its
    return other, its
