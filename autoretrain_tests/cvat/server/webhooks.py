"""Webhooks: who wants to hear of what."""

from autoretrain_tests.cvat.server import rights
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.hooks import Webhook
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.users import short
from autoretrain_tests.cvat.server.world import World

NOUNS = ("project", "task", "job", "issue", "comment")
EVENTS = {f"{verb}:{noun}" for verb in ("create", "update", "delete") for noun in NOUNS}
FIELDS = {
    "id": lambda webhook: webhook.id,
    "target_url": lambda webhook: webhook.said["target_url"],
    "type": lambda webhook: webhook.said["type"],
    "project_id": lambda webhook: webhook.said.get("project_id"),
    "owner": lambda webhook: webhook.owner.username,
}


def body(world: World, origin: str, webhook: Webhook) -> dict:
    """As the API shows it; its secret is never shown."""
    said = webhook.said
    answered = [sent for sent in world.deliveries.values() if sent.webhook is webhook and sent.status is not None]
    last = {"last_status": answered[-1].status, "last_delivery_date": date(answered[-1].created)} if answered else {}
    return {
        "id": webhook.id,
        "url": f"{origin}/api/webhooks/{webhook.id}",
        "target_url": said["target_url"],
        "description": said.get("description", ""),
        "type": said["type"],
        "content_type": "application/json",
        "is_active": said.get("is_active", True),
        "enable_ssl": said.get("enable_ssl", True),
        "created_date": date(webhook.created),
        "updated_date": date(webhook.updated),
        "owner": short(origin, webhook.owner),
        "project_id": said.get("project_id"),
        "organization": None,
        "events": sorted(said["events"]),
    } | last


@endpoint("GET", "/api/webhooks")
def webhooks(call: Call) -> dict:
    seen = [w for w in call.world.webhooks.values() if call.asker.role == "admin" or w.owner is call.asker]
    return listed(call, seen, FIELDS, ["target_url"], lambda record: body(call.world, call.origin, record), "-id")


@endpoint("POST", "/api/webhooks")
def create(call: Call) -> Answer:
    said, world, now = call.json(), call.world, call.world.now()
    if not set(said["events"]) <= EVENTS:
        raise Refusal(400, {"non_field_errors": [f"Invalid events list for {said['type']} webhook"]})
    if said["type"] == "project" and not rights.leads(
        call.asker, rights.get(call, world.projects, said["project_id"], "Project")
    ):
        raise rights.forbid()
    webhook = Webhook(world.next_id("webhook"), call.asker, said, now, now)
    world.webhooks[webhook.id] = webhook
    return Answer(body(world, call.origin, webhook), 201)


def get(call: Call, number: int) -> Webhook:
    """The webhook, for its owner or an admin; 404 or 403 else."""
    found = call.world.webhooks.get(number)
    if found is None:
        raise Refusal(404, {"detail": "No Webhook matches the given query."})
    if call.asker.role != "admin" and call.asker is not found.owner:
        raise rights.forbid()
    return found


@endpoint("GET", "/api/webhooks/{number}")
def webhook(call: Call, number: int) -> dict:
    return body(call.world, call.origin, get(call, number))


@endpoint("PATCH", "/api/webhooks/{number}")
def change(call: Call, number: int) -> dict:
    found = get(call, number)
    found.said, found.updated = found.said | call.json(), call.world.now()
    return body(call.world, call.origin, found)


@endpoint("DELETE", "/api/webhooks/{number}")
def delete(call: Call, number: int) -> Answer:
    del call.world.webhooks[get(call, number).id]
    return Answer(None, 204)
