"""Judge one event: new, known already, or refused with the field and the reason."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback import marks
from autoretrain_assets.feedback.event import Event, parse
from autoretrain_assets.feedback.fitting import check_against_image
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.feedback.inbox import Waiting
from autoretrain_assets.feedback.known import Known
from autoretrain_assets.feedback.rows import MEASURED, Rows
from autoretrain_assets.image_files import without_trailer
from autoretrain_assets.images import ImageFacts, measure
from autoretrain_assets.production.image import MIN_SIDE_PX


def take(waiting: Waiting, known: Known, frames: Frames, settings: Feedback, classes: Sequence[str]) -> None:
    """Add the event to what is known, its image kept; raises InputError with the field and the reason.

    Whether it is known already is asked before what settings forbid: they may have changed since it was accepted.
    """
    if waiting.refusal is not None:
        raise InputError(waiting.refusal)
    event = parse(marks.read(waiting.path, waiting.mark))
    _check_seen(waiting, event)
    content = _image(waiting, event, settings)
    earlier = known.find(event.event_id)
    if earlier is not None:
        _check_same(event, content, earlier)
        return
    facts = _facts(content, event, settings)
    check_against_image(event, facts.width, facts.height, classes)
    sha256 = frames.put(content, facts.suffix)
    known.add(event, sha256, facts)


def _check_seen(waiting: Waiting, event: Event) -> None:
    """Raise InputError where the file says something else than at the first glance, although it looks untouched."""
    if event.captured_at.date() != waiting.day or waiting.image not in {None, waiting.path.parent / event.image}:
        raise InputError("event: it was changed after it had appeared: write a file of another name, then rename it")


def _image(waiting: Waiting, event: Event, settings: Feedback) -> bytes:
    if waiting.image is None or waiting.image_mark is None:
        raise InputError(f"image: there is no file {event.image!r} beside the event")
    *_, size = waiting.image_mark
    if size > settings.max_image_bytes:
        raise InputError(f"image: {size} bytes, over feedback.max_image_bytes")
    try:
        return without_trailer(marks.read(waiting.image, waiting.image_mark))
    except PermissionError as error:
        raise InputError("image: may not be read: send it with the right to read it") from error
    except InputError as error:
        raise InputError(f"image: {error}") from error


def _facts(content: bytes, event: Event, settings: Feedback) -> ImageFacts:
    try:
        facts = measure(content, settings.max_image_pixels, event.image)
    except InputError as error:
        raise InputError(f"image: {error}") from error
    if min(facts.width, facts.height) < MIN_SIDE_PX:
        raise InputError(f"image: {facts.width} x {facts.height} pixels; each side must have {MIN_SIDE_PX} or more")
    return facts


def _check_same(event: Event, content: bytes, earlier: Mapping[str, Any]) -> None:
    """Raise InputError where the id stands for something else."""
    now = Rows()
    now.add(event, hashlib.sha256(content).hexdigest(), ImageFacts("", **{name: earlier[name] for name in MEASURED}))
    if now.row(0) != earlier:
        raise InputError(f"event_id: {event.event_id!r} was used before for something else: give each event its own")
