"""Where people label: the tasks that wait there, and the server if there is one."""

from collections.abc import Callable
from datetime import datetime

from autoretrain_assets import due
from autoretrain_assets.commands.checks.doubt import Doubt
from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import Progress
from autoretrain_assets.words import many


def tasks(home: Home, _: datetime) -> str:
    """Raises LabelingError where the backend cannot be asked about a task that waits."""
    waiting = [one.task for one in due.waiting_tasks(home)]
    found = home.labeling.progress_of(waiting)
    for task in waiting:
        if not isinstance(found.get(task.key), Progress):
            home.labeling.progress(task)  # says why not
    finished = sum(one.finished for one in found.values() if isinstance(one, Progress))
    return f"{many(len(waiting), 'open task')}, {finished} of them finished"


def of_backend(settings: Labeling) -> dict[str, Callable[[Home, datetime], str]]:
    """What else is asked: of a server whether it answers, to whom, and whether the project is in step."""
    if settings.backend != "cvat":
        return {}
    from autoretrain_assets.labeling.cvat.inspection import Inspection  # CVAT's SDK takes half a second to import

    look = Inspection(settings.cvat)
    return {
        "cvat server": lambda *_: look.server() if settings.cvat.verify_tls else Doubt(f"{look.server()}; {_UNSAFE}"),
        "cvat credentials": lambda *_: look.credentials(),
        "cvat assignees": lambda *_: look.assignees(),
        "cvat project": lambda *_: look.project(),
        "cvat labels": lambda home, _: look.labels(home.classes),
    }


_UNSAFE = "labeling.cvat.verify_tls is false: whoever is between can read the credentials, so name its ca_file instead"
