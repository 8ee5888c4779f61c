"""Who gets the jobs."""

from collections.abc import Sequence
from dataclasses import dataclass

from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.wire import User
from autoretrain_assets.labeling.failures import Rejected


@dataclass(frozen=True, slots=True)
class Rotation:
    """People in turn."""

    people: Sequence[User] = ()

    def of(self, turn: int) -> User | None:
        """Whose turn it is; nobody's where nobody is named."""
        return self.people[turn % len(self.people)] if self.people else None


def rotation(server: Connection) -> Rotation:
    """The people of labeling.cvat.assignees, in that order; raises Rejected for one that the server does not know."""
    return Rotation([_user(server, name) for name in server.settings.assignees])


def _user(server: Connection, name: str) -> User:
    found = [user for user in server.all(User, "/api/users", username=name) if user.username == name]
    if not found:
        where = f"organization {server.settings.organization}" if server.settings.organization else "server"
        raise Rejected(
            f"CVAT at {server.address} has no user {name} in this {where}: invite them or mend labeling.cvat.assignees."
        )
    return found[0]
