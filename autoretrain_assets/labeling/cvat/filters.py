"""Filters of lists, in the JSON logic that CVAT reads."""

import json
from collections.abc import Sequence

AT_ONCE = 200
"""So many values go into one filter: an address may have some thousands of characters."""


def within(field: str, values: Sequence[int]) -> str:
    """A filter in CVAT's JSON logic: `field` is one of `values`."""
    return json.dumps({"in": [{"var": field}, list(values)]})


def containing(field: str, text: str) -> str:
    """A filter in CVAT's JSON logic: `field` has `text` in it."""
    return json.dumps({"in": [text, {"var": field}]})
