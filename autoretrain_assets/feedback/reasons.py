"""Why an event is refused, in plain words: the field, with a point between its parts, and what it must be."""

import re

import msgspec

MAX_BOXES = 10_000
MAX_SHOWN = 64
"""Characters of a field's name that a reason repeats: an unknown one may be as long as its file."""

_AT = r" - at `\$((?:\.\w+|\[\d+\])+)`"
_PLACE = re.compile(f"(.*){_AT}", re.DOTALL)
_ABOUT_A_NAME = re.compile(rf"Object (missing required|contains unknown) field `(.*?)`(?:{_AT})?", re.DOTALL)
_NAME = "must be text of 1 to 128 characters, none of them /, \\ or a control character"
_PIXELS = "must be a finite number of pixels"
_LIST = f"must be a list of at most {MAX_BOXES} items"
MUST = {
    "event_id": "must be text of 1 to 128 characters of A-Z a-z 0-9 . _ : -",
    "image": "must be text, the plain name of a file beside the event",
    "captured_at": "must be a time as ISO 8601 with a time zone, such as 2026-03-02T10:00:00Z",
    "trigger": "must be operator, uncertain or random",
    "kind": "must be false_positive, missed, wrong_class or bad_box",
    "confidence": "must be a number from 0 to 1",
    "probability": "must be a number above 0, at most 1",
    **dict.fromkeys(("source", "model_version", "domain", "label"), _NAME),
    **dict.fromkeys(("x1", "y1", "x2", "y2"), _PIXELS),
    **dict.fromkeys(("predictions", "verdicts"), _LIST),
}
"""What each field of an event must be."""


def reason_of(error: Exception) -> str:
    """`predictions.0.x1: …`, from what the reader of JSON says."""
    if not isinstance(error, msgspec.ValidationError):
        return f"event: Invalid JSON: {str(error).removeprefix('JSON is malformed: ')}"
    if about := _ABOUT_A_NAME.fullmatch(str(error)):
        is_missing = about[1].startswith("missing")
        wrong = "Field required, add it" if is_missing else "no event has this field, leave it out or mend its name"
        return f"{'.'.join([*_parts(about[3]), about[2][:MAX_SHOWN]]) or 'event'}: {wrong}"
    placed = _PLACE.fullmatch(str(error))
    what, path = placed.groups() if placed else (str(error), "")
    parts = _parts(path)
    if parts and parts[-1] in MUST:
        return f"{'.'.join(parts)}: {MUST[parts[-1]]}"
    if what.startswith(("Expected `object`", "Number out of range")):
        return f"{'.'.join(parts) or 'event'}: must be an object"
    return f"{'.'.join(parts)}: {what}" if parts else what


def _parts(path: str | None) -> list[str]:
    return re.findall(r"\w+", path or "")
