"""Tasks that a home knows and this server did not open: they are told of, and nothing of the server's is touched.

A home that labelled in folders before has tasks that are none of a server's. One that had another server has numbers
that mean other people's tasks here; the name tells.
"""

import re
from collections.abc import Mapping, Sequence

from autoretrain_assets.labeling.base import Task
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.jobs import Jobs
from autoretrain_assets.labeling.failures import Elsewhere


def numbers(task: Task) -> list[int]:
    """The server's numbers of the task; none where another backend opened it."""
    is_numbered = re.fullmatch(r"\d+(,\d+)*", task.id, re.ASCII)
    return [int(number) for number in task.id.split(",")] if is_numbered else []


def not_opened_here(task: Task) -> Elsewhere:
    """What to do about a task that another backend opened."""
    return Elsewhere(
        f"Task {task.key} is no task of CVAT, it was opened at {task.url}: set labeling.backend back, finish it there "
        "and collect it by `autoretrain run`, then change the backend; or have it made here by "
        f"`autoretrain label again {task.key}`."
    )


def misnamed(server: Connection, key: str, found: Mapping[int, Jobs]) -> Elsewhere | None:
    """What to do about numbers that are other tasks here; None where all of `found` are the task's."""
    wrong = [(number, mine.asked[0].task_name) for number, mine in found.items() if not mine.is_of(key)]
    if not wrong:
        return None
    number, name = wrong[0]
    return Elsewhere(
        f"CVAT's task {number} at {server.address} is named {name}, not {key}, so it is left alone: name it {key} "
        "again, or set labeling.cvat.url back to the server that has the task, or have it made here by "
        f"`autoretrain label again {key}`."
    )


def parted(tasks: Sequence[Task]) -> tuple[dict[str, list[int]], list[Task]]:
    """The server's numbers of each task by key, and those that have none."""
    numbered = {task.key: numbers(task) for task in tasks}
    return {key: own for key, own in numbered.items() if own}, [task for task in tasks if not numbered[task.key]]
