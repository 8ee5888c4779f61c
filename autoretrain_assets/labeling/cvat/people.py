"""Who gets the jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autoretrain_assets.labeling.cvat import frames, jobs
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.wire import User
from autoretrain_assets.labeling.failures import Rejected


@dataclass(frozen=True, slots=True)
class Rotation:
    """People in turn."""

    people: Sequence[User] = ()

    def of(self, turn: int, seen: Mapping[str, int]) -> User | None:
        """Whose turn it is, of those who have `seen` the fewest of the images (by user name); nobody's of nobody."""
        in_turn = (self.people[(turn + after) % len(self.people)] for after in range(len(self.people)))
        return min(in_turn, key=lambda user: seen.get(user.username, 0), default=None)


def rotation(server: Connection) -> Rotation:
    """The people of labeling.cvat.assignees, in that order; raises Rejected for one that the server does not know."""
    return Rotation([_user(server, name) for name in server.settings.assignees])


def labelling(server: Connection, tasks: Sequence[int]) -> dict[str, str]:
    """By sha256, the user who has the image in a job of these tasks, where someone has it."""
    found: dict[str, str] = {}
    for task, mine in jobs.of_tasks(server, tasks).items():
        images = frames.read(server, task, has_known=False).asked
        for job in mine.asked:
            if job.assignee is not None:
                found |= {images[frame]: job.assignee.username for frame in job.frames}
    return found


def _user(server: Connection, name: str) -> User:
    found = [user for user in server.all(User, "/api/users", username=name) if user.username == name]
    if not found:
        where = f"organization {server.settings.organization}" if server.settings.organization else "server"
        raise Rejected(
            f"CVAT at {server.address} has no user {name} in this {where}: invite them or mend labeling.cvat.assignees."
        )
    return found[0]
