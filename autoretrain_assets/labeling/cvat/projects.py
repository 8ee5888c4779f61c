"""The project of the settings: made or adopted by its name, its labels kept in step with the classes."""

from collections.abc import Iterable, Sequence

from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.wire import Label, Project
from autoretrain_assets.labeling.failures import Rejected


def find(server: Connection) -> Project | None:
    """The project of the settings' name, the oldest where several have it; None where there is none."""
    name = server.settings.project
    found = [project for project in server.all(Project, "/api/projects", name=name) if project.name == name]
    return min(found, key=lambda project: project.id, default=None)


def labels(server: Connection, project: int) -> dict[int, str]:
    """The names of the project's labels by id; what is part of a skeleton is none of them."""
    return _named(server.all(Label, "/api/labels", project_id=project))


def labels_of_task(server: Connection, task: int) -> dict[int, str]:
    """The names of the labels that a task's people can choose from, by id."""
    return _named(server.all(Label, "/api/labels", task_id=task))


def in_step(server: Connection, classes: Sequence[str]) -> tuple[Project, dict[str, int]]:
    """The project with a label for each class, and the ids of its labels by name.

    Labels that are missing are added; none is ever deleted, as its boxes would go with it.
    """
    project = find(server) or server.post(
        Project, "/api/projects", {"name": server.settings.project, "labels": [_label(name) for name in classes]}
    )
    known = labels(server, project.id)
    missing = [name for name in classes if name not in known.values()]
    if missing:
        _add(server, project, missing)
        known = labels(server, project.id)
    return project, {name: number for number, name in known.items()}


def _add(server: Connection, project: Project, names: Sequence[str]) -> None:
    try:
        server.patch(f"/api/projects/{project.id}", {"labels": [_label(name) for name in names]})
    except Rejected:
        # Sent again after the first was cut off: a name that is there already is refused.
        if set(names) - set(labels(server, project.id).values()):
            raise


def _named(found: Iterable[Label]) -> dict[int, str]:
    return {label.id: label.name for label in found if label.parent_id is None}


def _label(name: str) -> dict[str, object]:
    return {"name": name, "type": "rectangle", "attributes": []}
