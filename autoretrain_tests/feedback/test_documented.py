"""The format of an event, as docs/feedback.md tells it, is the one that intake takes."""

import json
import re
from pathlib import Path

import pytest

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.event import parse

DOCUMENT = (Path(__file__).parents[2] / "docs" / "feedback.md").read_text()
SECTION = DOCUMENT.partition("\n## An event\n")[2].partition("\n## ")[0]
FIELDS = {name for row in re.findall(r"^\| (`.*?) \|", SECTION, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


def _example() -> dict[str, object]:
    found = re.search(r"```json\n(.*?)```", SECTION, re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


def test_the_example_is_an_event() -> None:
    assert parse(json.dumps(_example()).encode()).event_id == "gate-7-000812"


def test_the_example_names_all_that_an_event_may_have_but_what_is_said_to_be_optional_or_of_chance() -> None:
    assert set(_example()) == FIELDS - {"domain"}


@pytest.mark.parametrize("field", ["event_id", "image", "captured_at", "source", "trigger"])
def test_a_field_that_is_not_said_to_be_optional_is_needed(field: str) -> None:
    with pytest.raises(InputError, match=field):
        parse(json.dumps({name: value for name, value in _example().items() if name != field}).encode())
