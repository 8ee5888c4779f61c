"""An event: what production says of one image."""

import codecs
import json
import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from autoretrain_assets.errors import InputError

MAX_BOXES = 10_000
TOLERANCE_PX = 2.0
"""A box may stick out of its image by so much, since models round; it is clipped."""

MAX_SHOWN = 64
"""Characters of a field's name that a reason repeats: an unknown one may be as long as its file."""

MAX_NAME_BYTES = 255
"""What file systems take as a name."""

Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f/\\]+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _Rectangle(_Strict):
    """Pixels of the upright image."""

    x1: Coordinate
    y1: Coordinate
    x2: Coordinate
    y2: Coordinate

    @model_validator(mode="after")
    def _has_an_area(self) -> "_Rectangle":
        if not (self.x1 < self.x2 and self.y1 < self.y2):
            raise ValueError("x1 < x2 and y1 < y2 must hold")
        return self


class Prediction(_Rectangle):
    """One box of the model."""

    label: Name
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Verdict(_Rectangle):
    """An operator's word on one place; `label` is the right class where something was missed or misnamed."""

    kind: Literal["false_positive", "missed", "wrong_class", "bad_box"]
    label: Name | None = None

    @model_validator(mode="after")
    def _names_what_it_is(self) -> "Verdict":
        if self.kind in {"missed", "wrong_class"} and self.label is None:
            raise ValueError(f"a verdict {self.kind} must name the right class in label")
        return self


def beside_its_event(name: str) -> str:
    """`name` where it can be the image of an event in its folder; raises ValueError where it cannot.

    An image in another folder could not be told from one that is needed no more, and one that names an
    event file or a file that is still being written would take that away with it.
    """
    if re.fullmatch(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*", name) is None or len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError("must be the plain name of a file beside the event")
    if name.lower().endswith((".json", ".tmp")):
        raise ValueError("must name an image, not an event or a file that is being written")
    return name


def _iso_8601(value: Any) -> Any:
    """Numbers of seconds, also in quotes, are refused: their zone and unit would be a guess."""
    if not isinstance(value, str) or re.match(r"\d{4}-\d\d-\d\d[Tt ]", value) is None:
        raise ValueError("must be a time as ISO 8601 with a time zone, such as 2026-03-02T10:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a time that exists in UTC") from None


Time = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_iso_8601), AfterValidator(_in_utc)]


class Event(_Strict):
    """One image that production reports."""

    event_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
    image: Annotated[str, AfterValidator(beside_its_event)]
    captured_at: Time
    source: Name
    model_version: Name | None = None
    trigger: Literal["operator", "uncertain", "random"]
    probability: Annotated[float, Field(gt=0, le=1)] | None = None
    predictions: Annotated[list[Prediction], Field(max_length=MAX_BOXES)] = []
    verdicts: Annotated[list[Verdict], Field(max_length=MAX_BOXES)] = []
    domain: Name | None = None

    @model_validator(mode="after")
    def _random_has_its_probability(self) -> "Event":
        if self.trigger == "random" and self.probability is None:
            raise ValueError("an event sampled at random must carry its probability")
        return self


def parse(content: bytes) -> Event:
    """The event that `content` says; raises InputError with the field and what is wrong with it."""
    document = content.removeprefix(codecs.BOM_UTF8)
    try:
        event = Event.model_validate_json(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part)[:MAX_SHOWN] for part in first["loc"]) or "event"
        raise InputError(f"{field}: {first['msg'].removeprefix('Value error, ')}") from None
    refuse_doubles(document)
    return event


def refuse_doubles(document: bytes) -> None:
    """Raise InputError with the name that stands twice in one object of `document`, which is known to be JSON."""
    _DECODER.decode(document.decode())


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    """Which of two values counts, readers of JSON decide differently."""
    if len(dict(pairs)) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise InputError(f"{twice[:MAX_SHOWN]}: stands twice in one object, keep one")


_DECODER = json.JSONDecoder(object_pairs_hook=_each_once)


def check_against_image(event: Event, width: int, height: int, classes: Collection[str]) -> None:
    """Raise InputError where a box leaves the image or names a class that the home does not know."""
    everything: list[tuple[str, Sequence[Prediction | Verdict]]] = [
        ("predictions", event.predictions),
        ("verdicts", event.verdicts),
    ]
    for where, boxes in everything:
        for index, box in enumerate(boxes):
            low, high = min(box.x1, box.y1), max(box.x2 - width, box.y2 - height)
            # a box that is inside by its tolerance alone would have no area once it is clipped
            if low < -TOLERANCE_PX or high > TOLERANCE_PX or min(width - box.x1, height - box.y1, box.x2, box.y2) <= 0:
                raise InputError(f"{where}.{index}: the box lies outside the image of {width} x {height} pixels")
            if classes and box.label is not None and box.label not in classes:
                raise InputError(f"{where}.{index}.label: {box.label!r} is none of the classes {', '.join(classes)}")


def clipped(box: Prediction | Verdict, width: int, height: int) -> dict[str, Any]:
    """The box as a row's struct, inside its image."""
    inside = {"x1": max(0.0, box.x1), "y1": max(0.0, box.y1), "x2": min(width, box.x2), "y2": min(height, box.y2)}
    return dict(box) | {name: float(value) for name, value in inside.items()}
