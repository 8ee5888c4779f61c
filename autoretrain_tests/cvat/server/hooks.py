"""A webhook, and what an event sends to it, signed."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autoretrain_tests.cvat.server.events import Event
from autoretrain_tests.cvat.server.people import User
from autoretrain_tests.cvat.server.world import World


@dataclass
class Webhook:
    """Where to send what; `said` is what its maker asked for, the secret in it."""

    id: int
    owner: User
    said: dict[str, Any]
    created: datetime
    updated: datetime


@dataclass
class Delivery:
    """One event on its way to one webhook; a status of None while it has no answer."""

    id: int
    webhook: Webhook
    event: str
    content: bytes
    headers: dict[str, str]
    created: datetime
    status: int | None = None
    response: str = ""


def addressed(world: World, event: Event) -> list[Delivery]:
    """What the event sends, to each webhook that wants it."""
    return [
        _delivery(world, webhook, event.name, event.said)
        for webhook in world.webhooks.values()
        if webhook.said.get("is_active", True)
        and event.name in webhook.said["events"]
        and webhook.said.get("project_id") in {None, event.project_id}
    ]


def _delivery(world: World, webhook: Webhook, event: str, said: dict) -> Delivery:
    content = json.dumps(said | {"webhook_id": webhook.id}).encode()
    headers = {"User-Agent": f"CVAT/{world.version}", "Content-Type": "application/json"}
    if secret := webhook.said.get("secret"):
        headers["X-Signature-256"] = "sha256=" + hmac.digest(secret.encode(), content, hashlib.sha256).hex()
    delivery = Delivery(world.next_id("delivery"), webhook, event, content, headers, world.now())
    world.deliveries[delivery.id] = delivery
    return delivery
