"""The inbox: which events wait, and for which day."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback.glance import glance_at, image_of
from autoretrain_assets.feedback.marks import Mark, mark_of
from autoretrain_assets.feedback.names import is_event, is_unfinished


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event file with its image, if that was found, and why it must be refused, if that shows already.

    Every file has one day. The marks say which files were seen: what took their names since is not touched.
    """

    path: Path
    day: date
    mark: Mark
    image: Path | None
    image_mark: Mark | None
    refusal: str | None

    @property
    def is_placed_by_arrival(self) -> bool:
        """Whether `day` is that of the file's arrival, for what shows at a glance to be refused; else of capture."""
        return self.refusal is not None


def pending(
    inbox: Path, first_day: date, now: datetime, settings: Feedback, last_day: date | None = None
) -> dict[date, list[Waiting]]:
    """The event files below `inbox` by day: the UTC day of capture; of a file that has no usable one, of its arrival,
    or `last_day` where that is before it.

    Names that start with a dot or end in .tmp are being written and are passed over; linked folders are not
    followed. An event of a camera whose clock is ahead, past midnight, waits until its day has begun.
    """
    days: dict[date, list[Waiting]] = {}
    for path in sorted(_event_files(inbox)):
        waiting = _place(path, first_day, last_day or date.max, now, settings)
        if waiting is not None:
            days.setdefault(waiting.day, []).append(waiting)
    return days


def still_needed(folders: Iterable[Path], settings: Feedback) -> set[Path]:
    """The images that event files in these folders refer to."""
    files = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if _is_event_file(path)]
    marked = [(path, mark_of(path)) for path in files]
    images = [image_of(path, glance_at(path, mark, settings)) for path, mark in marked if mark is not None]
    return {image for image in images if image is not None}


def _event_files(inbox: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(inbox, onerror=_unless_gone):
        folders[:] = [name for name in folders if not is_unfinished(name)]
        yield from (path for path in (Path(folder, name) for name in names) if _is_event_file(path))


def _unless_gone(error: OSError) -> None:
    """A folder that may not be read would hide its events for ever."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _is_event_file(path: Path) -> bool:
    return is_event(path.name) and (path.is_symlink() or path.is_file())


def _place(path: Path, first_day: date, last_day: date, now: datetime, settings: Feedback) -> Waiting | None:
    """None where another run has taken the file meanwhile, or its day has not begun."""
    mark = mark_of(path)
    if mark is None:
        return None
    glance = glance_at(path, mark, settings)
    today = now.astimezone(UTC).date()
    refusal = glance.refusal or _outside_the_calendar(glance.captured_at, first_day, last_day, now, settings)
    arrival = max(first_day, min(_day_of_arrival(mark), today, last_day))
    day = arrival if refusal or glance.captured_at is None else glance.captured_at.date()
    if day > today and not refusal:
        return None
    image = image_of(path, glance)
    return Waiting(path, day, mark, image, mark_of(image) if image else None, refusal)


def _outside_the_calendar(
    captured: datetime | None, first_day: date, last_day: date, now: datetime, settings: Feedback
) -> str | None:
    if captured is None:
        return None
    if captured > now + timedelta(seconds=settings.clock_skew_seconds):
        return f"captured_at: {captured.isoformat()} lies in the future: set the camera's clock"
    if captured.date() < first_day:
        return f"captured_at: {captured.date()} lies before days.first, {first_day}"
    if captured.date() > last_day:
        return f"captured_at: {captured.date()} lies after days.last, {last_day}"
    return None


def _day_of_arrival(mark: Mark) -> date:
    """Of a time that no calendar has, 1970."""
    try:
        return datetime.fromtimestamp(mark[1] / 1e9, UTC).date()
    except (OverflowError, ValueError):
        return date(1970, 1, 1)
