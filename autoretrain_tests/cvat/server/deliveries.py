"""What was sent to a webhook, and sending: one after the other, in the order in which it happened."""

import json
import queue
import threading
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.hooks import Delivery, addressed
from autoretrain_tests.cvat.server.listing import listed
from autoretrain_tests.cvat.server.webhooks import get
from autoretrain_tests.cvat.server.world import World

PATIENCE = 5
"""Seconds for a webhook to answer."""


class Sender:
    """Sends what happened. `losing` drops it on the way, as happens in the world."""

    def __init__(self, world: World) -> None:
        self.losing = False
        self._world = world
        self._waiting: queue.Queue[Delivery | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def take(self) -> None:
        """Send what happened since; the world's lock is held."""
        for event in self._world.events:
            for delivery in addressed(self._world, event):
                self._waiting.put(delivery)
        self._world.events.clear()

    def settle(self) -> None:
        """Wait until all is sent."""
        self._waiting.join()

    def stop(self) -> None:
        """Send what waits, and no more."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while delivery := self._waiting.get():
            if not self.losing:
                delivery.status, delivery.response = _post(delivery)
            self._waiting.task_done()
        self._waiting.task_done()


def _post(delivery: Delivery) -> tuple[int, str]:
    """The webhook's answer; 502 where it gave none."""
    target = urlsplit(delivery.webhook.said["target_url"])
    connection = HTTPConnection(target.netloc, timeout=PATIENCE)
    try:
        connection.request("POST", target.path or "/", delivery.content, delivery.headers)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except (OSError, HTTPException) as error:
        return 502, str(error)
    finally:
        connection.close()


def body(delivery: Delivery) -> dict:
    """As the API shows it."""
    said = json.loads(delivery.content)
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook.id,
        "event": delivery.event,
        "status_code": delivery.status,
        "redelivery": False,
        "created_date": date(delivery.created),
        "updated_date": date(delivery.created),
        "changed_fields": ",".join(said.get("before_update", ())),
        "request": said,
        "response": delivery.response,
    }


@endpoint("GET", "/api/webhooks/{number}/deliveries")
def deliveries(call: Call, number: int) -> dict:
    webhook = get(call, number)
    sent = [delivery for delivery in call.world.deliveries.values() if delivery.webhook is webhook]
    return listed(call, sent, {"id": lambda delivery: delivery.id}, [], body, "-id")


@endpoint("GET", "/api/webhooks/{number}/deliveries/{name}")
def delivery(call: Call, number: int, name: str) -> Answer:
    found = call.world.deliveries.get(int(name))
    if found is None or found.webhook is not get(call, number):
        raise Refusal(404, {"detail": "No WebhookDelivery matches the given query."})
    return Answer(body(found))
