"""autoretrain.yaml with a few values changed: all else in it is its owner's and stays, to the letter."""

import json
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode

from autoretrain_assets.config.load import parse_settings
from autoretrain_assets.errors import SettingsError


def edited(text: str, overrides: Sequence[str], name: str = "autoretrain.yaml") -> str:
    """The file's text with `key.sub=value` in it.

    Raises SettingsError where the file or an override cannot be read, or the file is written in a way that cannot
    be changed at one place.
    """
    wanted = parse_settings(text, overrides, name)
    try:
        for override in overrides:
            key, _, value = override.partition("=")
            text = _with(text, key.split("."), YAML(typ="safe").load(value))
        changed = parse_settings(text, name=name)
    except (YAMLError, SettingsError):
        changed = None
    if changed != wanted:
        raise SettingsError(f"{name} cannot be changed at one place: write {', '.join(overrides)} into it by hand.")
    return text


def _with(text: str, parts: Sequence[str], value: Any) -> str:
    """Put a value where it stands already, or before the first key of the innermost part that is there."""
    key, node = None, YAML(typ="safe", pure=True).compose(text)
    for depth, part in enumerate(parts):
        if not isinstance(node, MappingNode) or not node.value:
            line = _flow(parts[depth:], value)
            return _replaced(text, key, node, line) if key else _appended(text, parts, value)
        found = next((pair for pair in node.value if pair[0].value == part), None)
        if found is None:
            return _inserted(text, node, _line(parts[depth:], value)) if depth else _appended(text, parts, value)
        key, node = found
    return _replaced(text, key, node, _flow([], value))


def _replaced(text: str, key: Any, node: Any, value: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if start == end:  # nothing stands there: what comes next may be lines below
        start = end = text.index(":", key.end_mark.index) + 1
        value = f" {value}"
    return text[:start] + value + text[end:]


def _inserted(text: str, mapping: MappingNode, line: str) -> str:
    first = mapping.value[0][0].start_mark
    after = ", " if mapping.flow_style else "\n" + " " * first.column
    return text[: first.index] + line + after + text[first.index :]


def _appended(text: str, parts: Sequence[str], value: Any) -> str:
    gap = "\n" if text and not text.endswith("\n") else ""
    return f"{text}{gap}{_line(parts, value)}\n"


def _line(parts: Sequence[str], value: Any) -> str:
    return f"{parts[0]}: {_flow(parts[1:], value)}"


def _flow(parts: Sequence[str], value: Any) -> str:
    """The value below these keys, on one line; JSON is YAML."""
    for part in reversed(parts):
        value = {part: value}
    return json.dumps(value, ensure_ascii=False)
