"""The inbox: which events wait, for which day, and where their images are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.event import Event, parse

CACHED_EVENTS = 200_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """One event file; it has an event, or a reason to be refused. Every file has one day."""

    path: Path
    day: date
    event: Event | None
    refusal: str | None


def pending(inbox: Path, first_day: date, now: datetime, settings: Feedback) -> dict[date, list[Waiting]]:
    """The event files below `inbox` by day: the UTC day of capture; of a file that has no usable one, of its arrival.

    Names that start with a dot are being written and are passed over.
    """
    days: dict[date, list[Waiting]] = {}
    for path in _event_files(inbox):
        try:
            waiting = _place(path, first_day, now, settings)
        except FileNotFoundError:
            continue  # another run has taken it meanwhile
        days.setdefault(waiting.day, []).append(waiting)
    return days


def image_of(path: Path, event: Event) -> Path | None:
    """The event's image file, or None where there is none inside the event's own folder."""
    image = path.parent / event.image
    if not image.is_file() or not image.resolve().is_relative_to(path.parent.resolve()):
        return None
    return image


def still_needed(folders: Iterable[Path], settings: Feedback) -> set[Path]:
    """The images that event files in these folders refer to."""
    files = [path for folder in folders if folder.is_dir() for path in _event_files(folder)]
    events = [(path, _read(path, settings)) for path in files]
    return {path.parent / event.image for path, event in events if isinstance(event, Event)}


def _event_files(folder: Path) -> Iterator[Path]:
    paths = sorted(folder.rglob("*.json"))
    return (path for path in paths if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def _place(path: Path, first_day: date, now: datetime, settings: Feedback) -> Waiting:
    today = now.astimezone(UTC).date()
    arrived = datetime.fromtimestamp(path.lstat().st_mtime, UTC).date()
    arrival = max(first_day, min(arrived, today))
    event = _read(path, settings)
    if isinstance(event, str):
        return Waiting(path, arrival, None, event)
    captured = event.captured_at.astimezone(UTC)
    if captured > now + timedelta(seconds=settings.clock_skew_seconds):
        return Waiting(
            path, arrival, None, f"captured_at: {captured.isoformat()} lies in the future: set the camera's clock"
        )
    if captured.date() < first_day:
        return Waiting(path, arrival, None, f"captured_at: {captured.date()} lies before days.first, {first_day}")
    return Waiting(path, min(captured.date(), today), event, None)


def _read(path: Path, settings: Feedback) -> Event | str:
    """The event, or why it is none."""
    if path.is_symlink() or not path.is_file():
        return "event: not a plain file"
    status = path.stat()
    if status.st_size > settings.max_event_bytes:
        return f"event: {status.st_size} bytes, over feedback.max_event_bytes"
    return _parsed(str(path), status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=CACHED_EVENTS)
def _parsed(path: str, modified: int, size: int) -> Event | str:  # noqa: ARG001 - they tell one content from another
    """A backfill asks for the same files once a day of its range; each is parsed once."""
    try:
        return parse(Path(path).read_bytes())
    except InputError as error:
        return str(error)
