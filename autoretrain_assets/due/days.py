"""The days on which something is due: events to take in, answers to collect."""

from collections.abc import Iterable
from datetime import date, datetime

from autoretrain_assets.due.fingerprint import fingerprint
from autoretrain_assets.due.tasks import Opened, not_done, tasks
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import Progress


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
    """The days with a task or a job that is finished and was not collected, oldest first, each with its fingerprint.

    One that was corrected after it was collected is due again, and one that cannot be asked about is due too: its
    day's run fails and says why. Raises LabelingError where the backend cannot be asked at all.
    """
    return answers_among(home, not_done(home))


def answers_among(home: Home, desk: Iterable[tuple[Opened, Progress | LabelingError]]) -> dict[date, str]:
    """The same, of tasks that were asked about already."""
    finished: dict[date, list[str]] = {}
    for one, how_far in desk:
        if _is_partition(home, one.day) and (state := _finished(one, how_far)):
            finished.setdefault(one.day, []).append(f"{one.task.key} {state}")
    return {day: fingerprint(states) for day, states in sorted(finished.items())}


def _finished(one: Opened, how_far: Progress | LabelingError) -> str | None:
    """What tells a finished task from the same one finished anew; None where nothing of it is to be collected."""
    if isinstance(how_far, LabelingError):
        return f"cannot be asked about: {how_far}"
    if not one.has_more(how_far):
        return None
    if not how_far.finished:
        return f"finished in part: {sorted(how_far.done.items())}"
    return f"finished {'anew' if one.collected_at else ''} at {how_far.revision}"


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
