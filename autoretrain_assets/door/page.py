"""The description as a page: one file that loads nothing, so that it works where there is no internet."""

import json
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from autoretrain_assets.door.description import EXAMPLE

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {"Content-Security-Policy": POLICY}
"""They tell the browser to load nothing for the page."""


def render(described: dict[str, Any]) -> str:
    """The page of an OpenAPI document."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_text("door", "page.html.j2")).render(
        style=_text("evaluation", "page.css"),
        info=described["info"],
        paths=described["paths"],
        schemas={name: described["components"]["schemas"][name] for name in ("Event", "Prediction", "Verdict")},
        example=json.dumps(EXAMPLE, indent=2),
        kind=kind,
    )


def kind(schema: dict[str, Any]) -> str:
    """What a field holds, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}"
    name = schema.get("format", schema["type"])
    low = f", from {schema['minimum']}" if "minimum" in schema else ""
    low += f", above {schema['exclusiveMinimum']}" if "exclusiveMinimum" in schema else ""
    high = f" to {schema['maximum']}" if "maximum" in schema else ""
    return f"{name}{low}{high}"


def _text(room: str, name: str) -> str:
    return resources.files("autoretrain_assets").joinpath(room, name).read_text(encoding="utf-8")
