"""Which project an owner means, and which tasks it has."""

from datetime import datetime

import msgspec

from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.wire import Project
from autoretrain_assets.labeling.failures import Gone, Rejected

NAMED = 10
"""So many projects are named to whoever meant another one."""


class Source(msgspec.Struct, frozen=True):
    """A task that people labelled; `subset` is what the server calls its part of a dataset."""

    id: int
    name: str
    created_date: datetime
    subset: str = ""
    size: int | None = None


def project(server: Connection, wanted: str) -> Project:
    """The project of that name or id; raises Gone where there is none, Rejected where it is not clear which.

    A home finds its project by the name, so that a name must be one project's.
    """
    listed = sorted(server.all(Project, "/api/projects"), key=lambda one: one.id)
    found = [one for one in listed if wanted in {one.name, str(one.id)}]
    if not found:
        known = ", ".join(f"{one.name} ({one.id})" for one in listed[:NAMED])
        where = f"of organization {server.settings.organization}" if server.settings.organization else "there"
        raise Gone(
            f"CVAT at {server.address} has no project {wanted}: it shows you {known or 'none'} {where}. "
            "Name one of them, or set labeling.cvat.organization."
        )
    twins = [one for one in listed if one.name == found[0].name]
    if len(found) > 1 or len(twins) > 1:
        ids = ", ".join(str(one.id) for one in sorted({*found, *twins}, key=lambda one: one.id))
        raise Rejected(
            f"CVAT at {server.address} has more than one project that {wanted} may mean (ids {ids}): "
            "give the one that you mean a name of its own there."
        )
    return found[0]


def tasks(server: Connection, number: int) -> list[Source]:
    """The project's tasks, oldest first."""
    return sorted(server.all(Source, "/api/tasks", project_id=number), key=lambda one: one.id)
