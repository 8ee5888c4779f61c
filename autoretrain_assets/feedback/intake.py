"""Take in a day's events: each one becomes a row of the day, or lies in quarantine with its reason.

In two steps, so that a kill between any two writes loses nothing: `receive` keeps the images and
quarantines; the caller writes the day's table; `discard` then empties the inbox of what the table holds.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback import quarantine as refused_events
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.feedback.inbox import Waiting
from autoretrain_assets.feedback.judging import take
from autoretrain_assets.feedback.known import Known
from autoretrain_assets.feedback.marks import Replaced, mark_of
from autoretrain_assets.feedback.refusals import field_of
from autoretrain_assets.feedback.removal import remove, resume

JOURNALS = ".removals"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a day's files: the day's whole table, what was refused for which field, what may be discarded.

    `by_arrival` of those refused have this day for arriving on it: their own could not be used.
    """

    table: pl.DataFrame
    accepted: int
    duplicates: int
    quarantined: Mapping[str, int]
    by_arrival: int
    done: Sequence[Waiting]
    journals: Path


def receive(
    files: Sequence[Waiting],
    existing: pl.DataFrame,
    frames: Frames,
    quarantine: Path,
    settings: Feedback,
    classes: Sequence[str],
    now: datetime,
) -> Receipt:
    """Judge the files of a day. `existing` is the day's table so far; an event that it has is a duplicate.

    A file that is no longer the one that was seen waiting is left to the next pass.
    """
    journals = quarantine / JOURNALS
    resume(journals, settings)
    known, done, refused = Known(existing), [], []
    why: Counter[str] = Counter()
    for waiting in filter(_is_unchanged, files):
        try:
            reason = _judge(waiting, known, frames, settings, classes)
            if reason is None:
                done.append(waiting)
                continue
            refused_events.keep(waiting, quarantine, reason, now)
        except Replaced:
            continue
        refused.append(waiting)
        why[field_of(reason)] += 1
    remove(refused, journals, settings)
    added = known.added()
    table = pl.concat([existing, added]).sort("captured_at", "event_id")
    by_arrival = sum(waiting.is_placed_by_arrival for waiting in refused)
    return Receipt(table, added.height, len(done) - added.height, dict(why), by_arrival, done, journals)


def discard(receipt: Receipt, settings: Feedback) -> None:
    """Empty the inbox of what was accepted; call it after the table was written."""
    remove(receipt.done, receipt.journals, settings)


def _judge(waiting: Waiting, known: Known, frames: Frames, settings: Feedback, classes: Sequence[str]) -> str | None:
    """Why the event is refused; None where it was taken."""
    try:
        take(waiting, known, frames, settings, classes)
    except InputError as error:
        return str(error)
    return None


def _is_unchanged(waiting: Waiting) -> bool:
    return mark_of(waiting.path) == waiting.mark and (
        waiting.image is None or mark_of(waiting.image) == waiting.image_mark
    )
