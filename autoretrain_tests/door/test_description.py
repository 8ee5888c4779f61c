"""The description: what programs read holds, and what people read loads nothing."""

import json
import os
import re
from pathlib import Path

import pytest

from autoretrain_assets.door import description, page
from autoretrain_assets.feedback.event import Event, parse
from autoretrain_tests.browser.conftest import CHROMIUM
from autoretrain_tests.door.asking import door
from autoretrain_tests.door.serving import served


@pytest.fixture
def desk(tmp_path):
    return door(tmp_path / "home")


def references(document):
    return re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document))


def test_every_reference_leads_somewhere(desk):
    document = desk.ask("GET", "/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert set(references(document)) <= set(document["components"]["schemas"])
    assert set(document["paths"]["/events"]["post"]["responses"]) >= {"200", "202", "401", "409", "413", "422", "503"}


def test_the_described_event_is_the_one_that_is_parsed(desk):
    schema = desk.ask("GET", "/openapi.json").json()["components"]["schemas"]["Event"]

    assert set(schema["properties"]) == set(Event.__struct_encode_fields__)
    assert "image" not in schema["required"]
    assert parse(json.dumps(description.EXAMPLE | {"image": "frame.jpg"}).encode()).event_id == "gate-7-000123"


def test_the_page_names_every_field_and_answer_and_loads_nothing(desk):
    answer = desk.ask("GET", "/docs")

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for name in (*set(Event.__struct_encode_fields__) - {"image"}, *description.TAKEN, *description.REFUSED):
        assert name in answer.text
    assert re.findall(r'(?:src|href)="(?!data:|openapi.json)', answer.text) == []


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "number", "minimum": 0, "maximum": 1}, "number, from 0 to 1"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Verdict"}}, "list of Verdict"),
        ({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}]}, "number, above 0 or null"),
        ({"enum": ["a", "b"]}, "a | b"),
    ],
)
def test_a_field_is_told_in_few_words(schema, kind):
    assert page.kind(schema) == kind


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH: apt-get install chromium")
def test_a_browser_shows_the_page_and_asks_for_nothing_else(desk):
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
    asked, complaints = [], []
    with served(desk.home) as server, sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_page(viewport={"width": 1100, "height": 900})
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("console", lambda message: complaints.append(message.text))
        shown.goto(f"{server.url}/docs")
        sync_api.expect(shown.get_by_text("captured_at").first).to_be_visible()
        colour = shown.evaluate("getComputedStyle(document.querySelector('td.bad')).color")
        if folder := os.environ.get("AUTORETRAIN_ARTEFACTS"):
            shown.screenshot(path=Path(folder) / "door.png", full_page=True)
        browser.close()

    assert [url for url in asked if not url.startswith("data:")] == [f"{server.url}/docs"]
    assert complaints == []
    assert colour == "rgb(179, 38, 30)"
