"""An event: what production says of one image."""

import codecs
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.doubles import refuse_doubles
from autoretrain_assets.feedback.reasons import MAX_BOXES, MUST, reason_of

MAX_NAME_BYTES = 255
"""What file systems take as a name."""

# `$` alone would let a line's end through
Name = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f/\\]+(?!\n)$")]

_IMAGE = re.compile(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):\d\d(:\d\d([.,]\d+)?)?([Zz]|[+\u2212-]\d\d:?[0-5]\d)",
    re.ASCII,
)


class _Strict(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Nothing in an event can refer back to it, so that the garbage collector need not look for it."""


class _Rectangle(_Strict, frozen=True):
    """Pixels of the upright image."""

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not (self.x1 < self.x2 and self.y1 < self.y2):
            raise ValueError("x1 < x2 and y1 < y2 must hold")


class Prediction(_Rectangle, frozen=True):
    """One box of the model."""

    label: Name
    confidence: Annotated[float, Meta(ge=0, le=1)]


class Verdict(_Rectangle, frozen=True):
    """An operator's word on one place; `label` is the right class where something was missed or misnamed."""

    kind: Literal["false_positive", "missed", "wrong_class", "bad_box"]
    label: Name | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.label is None and self.kind in {"missed", "wrong_class"}:
            raise ValueError(f"a verdict {self.kind} must name the right class in label")


class Event(_Strict, frozen=True, kw_only=True):
    """One image that production reports. `captured` is the text of `captured_at`, in any zone."""

    event_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,128}(?!\n)$")]
    image: str
    captured: Annotated[str, Meta(extra_json_schema={"format": "date-time"})] = msgspec.field(name="captured_at")
    source: Name
    model_version: Name | None = None
    trigger: Literal["operator", "uncertain", "random"]
    probability: Annotated[float, Meta(gt=0, le=1)] | None = None
    predictions: Annotated[list[Prediction], Meta(max_length=MAX_BOXES)] = []
    verdicts: Annotated[list[Verdict], Meta(max_length=MAX_BOXES)] = []
    domain: Name | None = None

    @property
    def captured_at(self) -> datetime:
        """When the image was taken, in UTC."""
        return _in_utc(self.captured)

    def __post_init__(self) -> None:
        beside_its_event(self.image)
        _in_utc(self.captured)
        if self.trigger == "random" and self.probability is None:
            raise ValueError("probability: an event sampled at random must carry its probability")


def parse(content: bytes) -> Event:
    """The event that `content` says; raises InputError with the field and what is wrong with it."""
    document = content.removeprefix(codecs.BOM_UTF8)
    try:
        event = _DECODER.decode(document)
    except _UNREADABLE as error:
        raise InputError(_why(document, error)) from None
    refuse_doubles(document, _names_said(event))
    return event


def beside_its_event(name: str) -> str:
    """`name` where it can be the image of an event in its folder; raises ValueError where it cannot.

    An image in another folder could not be told from one that is needed no more, and one that names an
    event file or a file that is still being written would take that away with it.
    """
    if _IMAGE.fullmatch(name) is None or len(name.encode()) > MAX_NAME_BYTES:
        raise ValueError("image: must be the plain name of a file beside the event")
    if name.lower().endswith((".json", ".tmp")):
        raise ValueError("image: must name an image, not an event or a file that is being written")
    return name


_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)
_NOT_FINITE = re.compile(rb"-?(NaN|Infinity)")
_DECODER = msgspec.json.Decoder(Event)
_ALL_NAMES, _OF_PREDICTION, _OF_VERDICT = (len(kind.__struct_fields__) for kind in (Event, Prediction, Verdict))


def _why(document: bytes, error: Exception) -> str:
    """NaN and infinity are no JSON: with null in their place shows which field has them."""
    try:
        _DECODER.decode(_NOT_FINITE.sub(b"null", document))
    except _UNREADABLE as found:
        return reason_of(found)
    return reason_of(error)


@lru_cache(maxsize=4096)  # it is asked for again when an event becomes a row, soon after
def _in_utc(text: str) -> datetime:
    """Numbers of seconds are refused: their zone and unit would be a guess."""
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text.upper().replace("\u2212", "-")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"captured_at: {text} is no time that exists in UTC") from None
    raise ValueError(f"captured_at: {MUST['captured_at']}")


def _names_said(event: Event) -> int:
    """How many names its JSON has at least: it may spell out as well what is the default."""
    optional = (event.model_version, event.probability, event.domain, event.predictions or None, event.verdicts or None)
    of_event = _ALL_NAMES - optional.count(None)
    of_verdicts = (_OF_VERDICT - 1) * len(event.verdicts) + sum(verdict.label is not None for verdict in event.verdicts)
    return of_event + _OF_PREDICTION * len(event.predictions) + of_verdicts
