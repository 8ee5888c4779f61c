"""Take in a day's events: each one becomes a row of the day, or lies in quarantine with its reason.

In two steps, so that a kill between any two writes loses nothing: `receive` keeps the images and
quarantines; the caller writes the day's table; `discard` then empties the inbox of what the table holds.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.event import check_against_image, clipped
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.feedback.inbox import Waiting, image_of, still_needed
from autoretrain_assets.feedback.quarantine import refuse
from autoretrain_assets.images import ImageFacts, measure, without_trailer
from autoretrain_assets.schema import RAW_FEEDBACK, conform


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a day's files: the day's whole table, what was refused for which field, what may be discarded."""

    table: pl.DataFrame
    accepted: int
    duplicates: int
    quarantined: Mapping[str, int]
    done: Sequence[Path]
    images: Sequence[Path]


def receive(
    files: Sequence[Waiting],
    existing: pl.DataFrame,
    frames: Frames,
    quarantine: Path,
    settings: Feedback,
    classes: Sequence[str],
    now: datetime,
) -> Receipt:
    """Judge the files of a day. `existing` is the day's table so far; an event that it has is a duplicate."""
    known = {row["event_id"]: row for row in existing.iter_rows(named=True)}
    rows: list[dict[str, Any]] = []
    done: list[Path] = []
    images: list[Path] = []
    refused: Counter[str] = Counter()
    for waiting in files:
        image = image_of(waiting.path, waiting.event) if waiting.event else None
        images += [image] if image else []
        try:
            row = _row(waiting, image, frames, settings, classes)
            fresh = _is_fresh(row, known)
        except InputError as error:
            refuse(waiting.path, image, quarantine, waiting.day.isoformat(), str(error), now)
            refused[_field(str(error))] += 1
            continue
        done.append(waiting.path)
        if fresh:
            known[row["event_id"]] = row
            rows.append(row)
    added = conform(pl.DataFrame(rows, schema=RAW_FEEDBACK), RAW_FEEDBACK)
    table = pl.concat([existing, added]).sort("captured_at", "event_id")
    return Receipt(table, len(rows), len(done) - len(rows), dict(refused), done, images)


def discard(receipt: Receipt, settings: Feedback) -> None:
    """Empty the inbox of what was judged; call it after the table was written.

    An event goes before its image: without its image it would be refused the next time.
    """
    for path in receipt.done:
        path.unlink(missing_ok=True)
    needed = still_needed({image.parent for image in receipt.images}, settings)
    for image in receipt.images:
        if image not in needed:
            image.unlink(missing_ok=True)


def _row(
    waiting: Waiting, image: Path | None, frames: Frames, settings: Feedback, classes: Sequence[str]
) -> dict[str, Any]:
    """The event as a row of schema.RAW_FEEDBACK, its image kept; raises InputError with the field and the reason."""
    event = waiting.event
    if event is None:
        raise InputError(waiting.refusal or "event: unreadable")
    if image is None:
        raise InputError(f"image: there is no file {event.image!r} beside the event")
    content, facts = _image(image, settings)
    check_against_image(event, facts.width, facts.height, classes)
    return {
        "sha256": frames.put(content, facts.suffix),
        "width": facts.width,
        "height": facts.height,
        "captured_at": event.captured_at.astimezone(UTC),
        "source": event.source,
        "domain": event.domain,
        "phash": facts.phash,
        "brightness": facts.brightness,
        "contrast": facts.contrast,
        "sharpness": facts.sharpness,
        "event_id": event.event_id,
        "model_version": event.model_version,
        "trigger": event.trigger,
        "probability": event.probability,
        "predictions": [clipped(box, facts.width, facts.height) for box in event.predictions],
        "verdicts": [clipped(verdict, facts.width, facts.height) for verdict in event.verdicts],
    }


def _image(path: Path, settings: Feedback) -> tuple[bytes, ImageFacts]:
    size = path.stat().st_size
    if size > settings.max_image_bytes:
        raise InputError(f"image: {size} bytes, over feedback.max_image_bytes")
    try:
        content = without_trailer(path.read_bytes())
        return content, measure(content, settings.max_image_pixels, path.name)
    except InputError as error:
        raise InputError(f"image: {error}") from error


def _is_fresh(row: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> bool:
    earlier = known.get(row["event_id"])
    if earlier is not None and dict(earlier) != dict(row):
        raise InputError(f"event_id: {row['event_id']!r} was used before for something else: give each event its own")
    return earlier is None


def _field(reason: str) -> str:
    """`predictions.3.label: …` as `predictions.label`, to count alike what is alike."""
    return ".".join(part for part in reason.partition(":")[0].split(".") if not part.isdigit())
