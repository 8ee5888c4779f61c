"""What was refused: looked at, explained, and tried again once it was mended."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.refusals import EVENT, Refusal, refusals
from autoretrain_assets.feedback.retrying import resume, retry
from autoretrain_assets.home import Home
from autoretrain_assets.words import many


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of one event that was to be tried again, in words; `stays` where it is still in quarantine."""

    text: str
    stays: bool = False


def refused(root: Path, day: date | None = None, reason: str | None = None) -> list[Refusal]:
    """The events in quarantine: of one day, or refused for one field, or all."""
    home = Home.open(root)
    return [one for one in refusals(home.quarantine) if (day is None or one.day == day) and reason in {None, one.field}]


def counted(events: Sequence[Refusal]) -> Iterator[str]:
    """A line for each day and field: how many, and one of them."""
    counts = Counter((one.day, one.field) for one in events)
    firsts = {(one.day, one.field): one for one in reversed(events)}
    for (day, field), count in sorted(counts.items()):
        first = firsts[day, field]
        yield f"{day}  {field}: {count}, such as {first.id}: {first.reason}"


def nothing(root: Path) -> str:
    """What is said where no event was found: that there is none, or that none is as it was asked for."""
    count = len(refused(root))
    return f"nothing matches: {many(count, 'event')} in quarantine" if count else "nothing is in quarantine"


def facts(one: Refusal) -> dict[str, str]:
    """A refused event as JSON values."""
    return {
        "id": one.id,
        "day": one.day.isoformat(),
        "day_of": one.day_of,
        "field": one.field,
        "reason": one.reason,
        "advice": one.advice,
        "file": one.file,
        "folder": str(one.folder),
    }


def named(root: Path, name: str) -> Refusal:
    """The event of that id; raises InputError where it is not in quarantine."""
    return _named(refused(root), name)


def explained(root: Path, one: Refusal) -> Iterator[str]:
    """One refused event: why, where it lies, what to do."""
    yield f"{one.id}: refused; {one.day} is the day of its {one.day_of or 'capture or arrival'} (UTC)"
    yield f"why: {one.reason}"
    yield f"sent as: {one.file}"
    yield f"it lies in: {one.folder}"
    yield f"to mend it: {one.advice} ({one.folder / EVENT})"
    yield f"then: autoretrain quarantine retry {one.id} --home {root}"


def retried(
    root: Path, names: Sequence[str], day: date | None, reason: str | None, everything: bool
) -> Iterator[Retried]:
    """Put refused events back into the inbox: those named, of a day, refused for a field, or all.

    One that cannot come back as it lies there, such as one without event.json, stays and is said so. Raises
    InputError where nothing says which, or a name is none in quarantine.
    """
    if not (names or day or reason or everything):
        raise InputError("say which events: their ids, --day, --reason, or --all.")
    home = Home.open(root)
    for name in resume(home.quarantine, home.inbox):
        yield Retried(f"{name}: in the inbox, from a retry that broke off")
    events = refused(root, day, reason)
    if not events and not names:
        yield Retried(nothing(root))
    for one in [_named(events, name) for name in names] or events:
        try:
            event = retry(one, home.inbox)
        except InputError as error:
            yield Retried(f"{one.id}: stays: {error}", stays=True)
        else:
            yield Retried(f"{one.id}: in the inbox as {event.relative_to(home.inbox)}; the next run judges it")


def _named(events: Sequence[Refusal], name: str) -> Refusal:
    found = next((one for one in events if one.id == name), None)
    if found is None:
        raise InputError(
            f"{name} is not among the {many(len(events), 'event')} in quarantine: "
            "`autoretrain quarantine list --ids` names them."
        )
    return found
