"""Is the server as labelling needs it? A sentence for each thing; a failure of labelling where it is not."""

from collections.abc import Sequence

from cvat_sdk.version import VERSION

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.labeling.cvat import people, projects
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.wire import Label, User
from autoretrain_assets.labeling.failures import Rejected
from autoretrain_assets.words import many

WITHIN_S = 5.0
"""A server that takes longer to answer whoever looks at it is told of."""


class Inspection:
    """One look at the server of the settings."""

    def __init__(self, settings: Cvat) -> None:
        quick = {"timeout_s": min(settings.timeout_s, WITHIN_S), "retries": 0}
        self._server = Connection(settings.model_copy(update=quick))

    def server(self) -> str:
        """It answers, and is a CVAT; raises Unreachable, NotTheServer."""
        return f"CVAT {self._server.about().version} at {self._server.address}, asked by its SDK of version {VERSION}"

    def credentials(self) -> str:
        """It takes the credentials; raises Expired."""
        return f"signed in as {self._server.get(User, '/api/users/self').username}"

    def assignees(self) -> str:
        """It knows who gets the jobs; raises Rejected."""
        found = people.rotation(self._server).people
        return f"{many(len(found), 'user')} in turn" if found else "none: whoever takes a job has it"

    def project(self) -> str:
        """The project is there, or will be."""
        name, found = self._server.settings.project, projects.find(self._server)
        return f"{name} (id {found.id})" if found else f"there is no {name} yet: the first task makes it"

    def labels(self, classes: Sequence[str]) -> str:
        """Its labels hold the classes, or will; raises Rejected where rectangles cannot be drawn on one of them."""
        project = projects.find(self._server)
        found = self._server.all(Label, "/api/labels", project_id=project.id) if project else ()
        kinds = {label.name: label.type for label in found if label.parent_id is None}
        if wrong := [name for name in classes if kinds.get(name, "any") not in {"any", "rectangle"}]:
            raise Rejected(
                f"the label {wrong[0]} of the project {self._server.settings.project} is for {kinds[wrong[0]]}s: "
                "make it one for rectangles in CVAT, or name another project."
            )
        missing, more = [name for name in classes if name not in kinds], sorted(kinds.keys() - {*classes})
        told = [f"{many(len(classes) - len(missing), 'class', 'classes')} of {len(classes)} there"]
        told += [f"the next task adds {', '.join(missing)}"] if missing else []
        told += [f"{', '.join(more)} beside them, which no model knows"] if more else []
        return "; ".join(told)
