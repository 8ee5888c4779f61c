"""autoretrain.yaml to Settings; an error names the line and the field."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from autoretrain_assets.config.settings import Settings
from autoretrain_assets.errors import SettingsError

Location = tuple[int | str, ...]
SHOULD = "Input should be "
UNTOLD = "storage_options"
"""The part of the settings whose values are not repeated: credentials do not belong there, and may stand there."""


def load_settings(path: Path, overrides: Sequence[str] = ()) -> Settings:
    """The settings of the file at `path`, with `key.sub=value` overrides on top; raises SettingsError."""
    if not path.is_file():
        raise SettingsError(f"{path} does not exist: make a home with `autoretrain init DIR --weights … --data …`.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not plain text: save it as UTF-8.") from None
    return parse_settings(text, overrides, name=str(path))


def parse_settings(text: str, overrides: Sequence[str] = (), name: str = "autoretrain.yaml") -> Settings:
    """The settings that `text` says; `name` stands in the errors."""
    return _parsed(text, tuple(overrides), name)


@lru_cache(maxsize=64)
def _parsed(text: str, overrides: tuple[str, ...], name: str) -> Settings:
    """Remembered, for nothing changes after loading and YAML is slow to read: a run or a tick opens its home often."""
    document = _parse(text, name)
    for override in overrides:
        _apply(document, override)
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise SettingsError(_explain(error, document, name, overrides)) from None


def _parse(text: str, name: str) -> Any:
    try:
        document = YAML().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise SettingsError(f"{where}: not YAML: {error.problem}. Mend that line.") from None
    except (YAMLError, ValueError) as error:
        raise SettingsError(f"{name}: not YAML: {str(error).splitlines()[0]}. Save it as plain UTF-8 text.") from None
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise SettingsError(f"{name}: the file must hold `key: value` lines, it holds a {type(document).__name__}.")
    return document


def _apply(document: Any, override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals or not key:
        raise SettingsError(f"--set {override}: write it as key.sub=value, such as training.epochs=20.")
    *parents, last = key.split(".")
    default: Any = Settings().model_dump()
    for part in parents:
        at = _place(document, part, override)
        default = default.get(part) if isinstance(default, Mapping) else None
        if not _holds(document, at):  # left out by the file: else one rule changed would drop the other defaults
            document[at] = default if isinstance(default, Mapping | list) else {}
        document = document[at]
    at = _place(document, last, override)
    try:
        document[at] = YAML(typ="safe").load(value)
    except (YAMLError, ValueError):
        raise SettingsError(f"--set {override}: {value!r} is not a YAML value; put a text into quotes.") from None


def _place(things: Any, part: str, override: str) -> Any:
    """Where a part of an override's key leads: a list is asked for the thing of that name, or of that number."""
    if not isinstance(things, list):
        return part
    names = [str(thing.get("name")) if isinstance(thing, Mapping) else str(thing) for thing in things]
    if part in names:
        return names.index(part)
    if part.isdecimal() and int(part) < len(names):
        return int(part)
    raise SettingsError(f"--set {override}: there is no {part!r} here; there are {', '.join(names) or 'none'}.")


def _holds(things: Any, at: Any) -> bool:
    inner = things[at] if isinstance(things, list) else things.get(at)
    return isinstance(inner, Mapping | list)


def _explain(error: ValidationError, document: Any, name: str, overrides: Sequence[str]) -> str:
    given = {override.partition("=")[0]: override for override in overrides}
    return "\n".join(_explain_one(item, document, name, given) for item in error.errors())


def _explain_one(found: ErrorDetails, document: Any, name: str, given: Mapping[str, str]) -> str:
    location = found["loc"]
    field = ".".join(str(part) for part in location)
    message = _in_words(found)
    if found["type"] == "extra_forbidden":
        message = _unknown(str(location[-1]), _known(location))
    if field in given:
        return f"--set {field}: {message}."
    line = _line_of(location, document)
    where = f"{name}, line {line}" if line else name
    return f"{where}: {field}: {message}."


def _in_words(found: ErrorDetails) -> str:
    """What a setting must be, and what it is where no secret can be in that."""
    message = found["msg"].removeprefix("Value error, ")
    if found["type"] == "missing":
        return "is missing: write it there"
    if found["type"] in {"model_type", "dict_type"}:
        return "must hold `key: value` lines"
    if not message.startswith(SHOULD):
        return message
    must = re.sub(r", (unable to|got) .*", "", message.removeprefix(SHOULD))
    is_plain = isinstance(found["input"], int | float | str) and found["type"] != "list_type"
    return f"must be {must}, it is {found['input']!r}" if is_plain and UNTOLD not in found["loc"] else f"must be {must}"


def _unknown(key: str, known: Sequence[str]) -> str:
    """A typo, or a setting of another version of autoretrain: without it the default counts."""
    meant = get_close_matches(key, known, n=1)
    hint = f"did you mean {meant[0]}? " if meant else ""
    return (
        f"there is no such setting; {hint}known here: {', '.join(known)}; "
        "one that another version of autoretrain wrote can be removed"
    )


def _known(location: Location) -> list[str]:
    section: Any = Settings
    for part in location[:-1]:
        section = section.model_fields[part].annotation if isinstance(part, str) else get_args(section)[0]
    return sorted(getattr(section, "model_fields", {}))


def _line_of(location: Location, document: Any) -> int | None:
    """The 1-based line of the deepest part of `location` that the document holds; None for an override."""
    line = None
    for part in location:
        marks = getattr(document, "lc", None)
        if marks is None or not marks.data or part not in marks.data:
            return line
        line = marks.data[part][0] + 1
        document = document[part]
    return line
