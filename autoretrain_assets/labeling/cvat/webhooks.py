"""The webhook of the project: made once, or the one of its address put in step."""

from collections.abc import Sequence

import msgspec

from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.labeling.cvat import projects
from autoretrain_assets.labeling.cvat.connection import Connection

EVENTS = ["update:job"]


class Webhook(msgspec.Struct, frozen=True):
    """Where the server tells what; it never shows the secret."""

    id: int
    target_url: str
    project_id: int | None = None


def put(settings: Cvat, classes: Sequence[str], url: str, secret: str) -> tuple[int, bool]:
    """The id of the project's webhook at `url`, and whether it is new; the project is made where there is none.

    The oldest is adopted where there are several. What it listens to, and the secret, are set anew each time.
    """
    server = Connection(settings, secrets=[secret])
    project, _ = projects.in_step(server, classes)
    body = {"content_type": "application/json", "events": EVENTS, "is_active": True, "enable_ssl": True}
    body |= {"target_url": url, "secret": secret}
    listed = server.all(Webhook, "/api/webhooks", target_url=url, project_id=project.id)
    if known := min((one.id for one in listed if (one.target_url, one.project_id) == (url, project.id)), default=None):
        server.patch(f"/api/webhooks/{known}", body)
        return known, False
    made = server.post(Webhook, "/api/webhooks", body | {"type": "project", "project_id": project.id})
    return made.id, True
