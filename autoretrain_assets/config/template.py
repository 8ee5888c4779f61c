"""autoretrain.yaml as text: every setting with what it is for, so that the file explains itself."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from autoretrain_assets.config.settings import Settings

HEADER = """\
# The settings of this loop. A key that is left out has the value shown here when the file was made;
# a key that does not exist is an error that names its line.
"""


def render(settings: Settings) -> str:
    """The whole file: `parse_settings(render(settings)) == settings`."""
    return HEADER + "\n" + "\n".join(_lines(settings, "")) + "\n"


def _lines(section: BaseModel, indent: str) -> Iterator[str]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if not indent and isinstance(value, BaseModel):
            yield ""
        yield from _comment(field.description or "", indent)
        if isinstance(value, BaseModel):
            yield f"{indent}{name}:"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], BaseModel):
            yield f"{indent}{name}:"
            yield from (f"{indent}  - {_flow(item)}" for item in value)
        else:
            yield f"{indent}{name}: {_scalar(value)}"


def _comment(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, 110, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _flow(item: BaseModel) -> str:
    """One rule on one line, without what it leaves at its default."""
    values = item.model_dump(mode="json", exclude_defaults=True)
    return "{" + ", ".join(f"{name}: {_scalar(value)}" for name, value in values.items()) + "}"


def _scalar(value: Any) -> str:
    """JSON is YAML; a path and a date are their text."""
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(str(value), ensure_ascii=False) if isinstance(value, Path) else str(value)
