"""The days on which something is due: events to take in, answers to collect."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from autoretrain_assets.due.fingerprint import fingerprint
from autoretrain_assets.due.tasks import Opened, tasks
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home

GONE = LabelingError("it is gone")


def events(home: Home, now: datetime) -> dict[date, str]:
    """The days that `feedback` has work for, oldest first, each with its fingerprint.

    Events wait in the inbox, or a run took them in and ended before all that follows was made of them.
    """
    days = home.settings.days
    waiting = pending(home.inbox, days.first, now, home.settings.feedback, days.last)
    marks = {
        day: [f"{one.path.relative_to(home.inbox)} {one.mark} {one.image_mark}" for one in waiting[day]]
        for day in waiting
    }
    for day, mark in _half_done(home).items():
        marks.setdefault(day, []).append(mark)
    return {day: fingerprint(marks[day]) for day in sorted(marks) if _is_partition(home, day)}


def answers(home: Home) -> dict[date, str]:
    """The days with a task that is finished and was not collected, oldest first, each with its fingerprint.

    One that was corrected after it was collected is due again.
    """
    finished: dict[date, list[str]] = {}
    mine = [one for one in tasks(home).opened if _is_partition(home, one.day)]
    for one, state in (*_first(home, mine), *_anew(home, mine)):
        finished.setdefault(one.day, []).append(f"{one.task.key} {state}")
    return {day: fingerprint(sorted(states)) for day, states in sorted(finished.items())}


def _first(home: Home, opened: Sequence[Opened]) -> Iterator[tuple[Opened, str]]:
    """What is finished and was never collected; one that cannot be asked about too: its day's run says why."""
    waiting = [one for one in opened if one.collected_at is None]
    found = home.labeling.progress_of([one.task for one in waiting])
    for one in waiting:
        progress = found.get(one.task.key, GONE)
        if isinstance(progress, LabelingError):
            yield one, f"cannot be asked about: {progress}"
        elif progress.finished:
            yield one, progress.revision


def _anew(home: Home, opened: Sequence[Opened]) -> Iterator[tuple[Opened, str]]:
    """What was corrected since it was collected; what is gone since then is fine."""
    collected = [one for one in opened if one.collected_at is not None]
    found = home.labeling.finished_at_of([one.task for one in collected])
    for one in collected:
        at = found[one.task.key]
        if isinstance(at, LabelingError):
            yield one, f"cannot be asked about: {at}"
        elif at not in {None, one.collected_at}:
            yield one, f"finished anew at {at}"


def _is_partition(home: Home, day: date) -> bool:
    """An owner may narrow the days of a home: what lies outside is kept and no work."""
    return home.settings.days.first <= day <= (home.settings.days.last or date.max)


def _half_done(home: Home) -> dict[date, str]:
    """The days whose events were taken in after the rest was made of them last, or with a task not opened yet.

    Each tells what was taken in, not when: a run that fails again takes the same in anew, and is the same work.
    """
    taken_in = home.raw_feedback.written()
    rest = [table.written() for table in (home.drift_report, home.mined_samples, home.cvat_tasks)]
    behind = [day for day, at in taken_in.items() if any(made.get(day, 0) < at for made in rest)]
    return {**tasks(home).noted, **{day: sha256_of(home.raw_feedback.path(day)) for day in behind}}
