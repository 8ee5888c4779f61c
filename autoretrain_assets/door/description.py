"""The door as OpenAPI describes it: what programs read, and what the page for people is made from."""

from importlib import metadata
from typing import Any

import msgspec

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback.event import Event
from autoretrain_assets.labeling import hearing

EXAMPLE = {
    "event_id": "gate-7-000123",
    "captured_at": "2026-11-24T18:02:11+01:00",
    "source": "gate-7",
    "model_version": "v0001",
    "trigger": "operator",
    "predictions": [{"label": "car", "confidence": 0.31, "x1": 12, "y1": 40, "x2": 88, "y2": 97}],
    "verdicts": [{"kind": "missed", "label": "person", "x1": 140, "y1": 52, "x2": 160, "y2": 110}],
}

TAKEN = {
    "202": "Taken: the event is on the disk.",
    "200": "Known: the same event waits already; nothing changed.",
}

REFUSED = {
    "400": "The body is no whole multipart/form-data of event and image.",
    "401": "The token is missing or wrong.",
    "403": "A browser sends, and the door has no token.",
    "408": "The body did not arrive in time: send it again.",
    "409": "Another event of this id and day (UTC, of capture) waits already; nothing was written.",
    "411": "Content-Length is missing.",
    "413": "The event or the image is too large.",
    "415": "The body is no multipart/form-data, or the image no JPEG, PNG, BMP or WebP.",
    "422": "The event is not of the right form: field says where.",
    "503": "No room now: send the same again after Retry-After seconds.",
}

HEARD = {
    "202": "The state of a job changed: the server is asked at once.",
    "200": "Nothing came of it: it is about something else, or came before.",
}

UNHEARD = {
    "403": "X-Signature-256 is not of this body.",
    "404": "No webhook is listened to here.",
    "413": "The body is too large.",
    "422": "The body is no delivery of CVAT's.",
    "503": "No room now: send the same again after Retry-After seconds.",
}

ERROR = {
    "type": "object",
    "required": ["error", "field"],
    "properties": {
        "error": {"type": "string", "description": "What happened, and the way out."},
        "field": {"type": ["string", "null"], "description": "The part of the event, such as predictions.0.label."},
    },
}

ANSWER = {
    "type": "object",
    "required": ["event_id", "status"],
    "properties": {"event_id": {"type": "string"}, "status": {"enum": ["taken", "known"]}},
}

HEARD_ANSWER = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"enum": ["taken", "known", "ignored"]}},
}

HEALTH = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"enum": ["open", "closed"]}, "error": {"type": "string"}},
}


def description(rules: Feedback) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a door with these limits."""
    schemas = _event_schemas() | {"Error": ERROR, "Answer": ANSWER, "Health": HEALTH, "Heard": HEARD_ANSWER}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "autoretrain: events from production",
            "version": metadata.version("autoretrain"),
            "description": "What a model in production got wrong or doubted, one image at a time.",
        },
        "paths": {
            "/events": {"post": _taking(rules)},
            "/health": {"get": _health()},
            hearing.PATH: {"post": _hearing()},
        },
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _event_schemas() -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components([Event], ref_template="#/components/schemas/{name}")
    schemas["Event"]["required"].remove("image")
    schemas["Event"]["properties"]["image"] |= {"readOnly": True, "description": "Set by the door."}
    return schemas


def _taking(rules: Feedback) -> dict[str, Any]:
    parts = {
        "event": {"$ref": "#/components/schemas/Event"},
        "image": {"type": "string", "contentMediaType": "image/*", "contentEncoding": "binary"},
    }
    return {
        "operationId": "takeEvent",
        "summary": "Send one event with its image.",
        "description": (
            f"The event may have {rules.max_event_bytes:,} bytes, the image {rules.max_image_bytes:,}. "
            "Send an event again until it is answered: the same one twice is one."
        ),
        "security": [{"token": []}],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {"type": "object", "required": ["event", "image"], "properties": parts},
                    "encoding": {"event": {"contentType": "application/json"}},
                    "examples": {"reported": {"value": {"event": EXAMPLE}}},
                }
            },
        },
        "responses": _answers(TAKEN, "Answer") | _answers(REFUSED, "Error"),
    }


def _health() -> dict[str, Any]:
    answers = {"200": "Open: an event would be taken.", "503": "Closed: error says what is short."}
    return {
        "operationId": "health",
        "summary": "Ask whether an event would be taken now.",
        "responses": _answers(answers, "Health"),
    }


def _hearing() -> dict[str, Any]:
    return {
        "operationId": "hearCvat",
        "summary": "For a CVAT server's webhook: update:job, signed.",
        "description": f"Only where the door has {hearing.SECRET} in its environment: `autoretrain label webhook`.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": _answers(HEARD, "Heard") | _answers(UNHEARD, "Error"),
    }


def _answers(meanings: dict[str, str], schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    retry = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return {
        status: {"description": meaning, "content": content} | ({"headers": retry} if status == "503" else {})
        for status, meaning in meanings.items()
    }
