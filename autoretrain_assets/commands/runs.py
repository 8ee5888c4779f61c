"""The loop's runs, driven from here: all that is due, or past days again."""

import shlex
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from autoretrain_assets import due
from autoretrain_assets.errors import AutoretrainError, InputError, LabelingError
from autoretrain_assets.feedback.remote import drain
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.again import firsts
from autoretrain_assets.labeling.failures import Unreachable
from autoretrain_assets.loop import Loop, TakenIn, opened
from autoretrain_assets.release import decisions
from autoretrain_assets.words import many


def run_due(root: Path) -> Iterator[str]:
    """One pass: what waits in the inboxes, the finished tasks, and a retraining where there is reason for one.

    A day that fails stops nothing else, nor does what cannot be mended; the first such error, that of a
    labelling server that does not answer among them, is raised when all the rest is done.
    """
    with opened(Home.open(root)) as loop:
        yield from _others(loop)
        mended, failed = loop.mend()
        yield from mended
        if not loop.home.inbox.is_dir():
            yield f"{loop.home.inbox} is gone: no event can come in; make the folder again, or mount it"
        yield from drain(loop.home.inbox, loop.home.settings.feedback, datetime.now(UTC))
        waiting = due.events(loop.home, datetime.now(UTC))
        failed += yield from _each(waiting, lambda day: _told(loop, day, loop.feedback(day)))
        failed += yield from _answered(loop)
        yield from (f"held back: {reason}" for reason in due.held_back(loop.home))
        yield from _retrained(loop)
    if failed:
        raise failed[0]


def backfill(root: Path, first: date, last: date, mining_only: bool) -> Iterator[str]:
    """Run the days from `first` to `last` again that have anything: by all steps, or only by today's mining rules.

    A day is one of capture, in UTC; one where nothing changed is not told. A day that fails stops no other; the first
    such error is raised at the end. Raises InputError where `first` comes after `last`.
    """
    if first > last:
        raise InputError(f"--from {first} comes after --to {last}: name the earlier day first.")
    with opened(Home.open(root)) as loop:
        yield from _others(loop)
        known = set(loop.home.raw_feedback.days())
        days = known if mining_only else known | due.events(loop.home, datetime.now(UTC)).keys()
        chosen = sorted(day for day in days if first <= day <= last)
        yield f"{many(len(chosen), 'day') if chosen else 'no day'} with events from {first} to {last}"
        again = loop.mine_again if mining_only else loop.feedback
        failed = yield from _each(chosen, lambda day: _told(loop, day, again(day)))
    if failed:
        raise failed[0]


def _others(loop: Loop) -> Iterator[str]:
    if loop.is_shared:
        yield "another run is at work on this home: this one takes its turn after it"


def _each(days: Iterable[date], work: Callable[[date], Iterable[str]]) -> Generator[str, None, list[AutoretrainError]]:
    """The lines of each day; answers the errors of those that failed, or left something as a server did not answer."""
    failed = list[AutoretrainError]()
    for day in days:
        try:
            yield from work(day)
        except Unreachable as waits:
            failed.append(waits)
            yield f"{day}: {waits}"
        except AutoretrainError as error:
            failed.append(error)
            yield f"{day}: failed: {error}"
    return failed


def _answered(loop: Loop) -> Generator[str, None, list[AutoretrainError]]:
    """The lines of each day with finished tasks; a labelling server that does not answer stops nothing else."""
    try:
        days = due.answers(loop.home)
    except LabelingError as error:
        yield f"the tasks cannot be asked about: {error}"
        return [error]
    return (yield from _each(days, lambda day: _collected(loop, day)))


def _collected(loop: Loop, day: date) -> Iterator[str]:
    """How many images this pass collected, and a line for each task that it took a part of, or sent back."""
    before = {one.task.key: one.collected for one, progress in due.at_desk(loop.home, day) if one.has_more(progress)}
    if waits := loop.labels(day):
        raise Unreachable(waits)
    left = [(one, progress) for one, progress in due.at_desk(loop.home, day) if one.task.key in before]
    accepted = before.keys() - {one.task.key for one, _ in left}
    rows = loop.home.annotations.read(day)
    for keys, done in ((firsts(accepted), "labelled"), (accepted - firsts(accepted), "labelled once more")):
        if keys:
            labelled = int(rows["task_key"].is_in(keys).sum())
            yield f"{day}: {many(labelled, 'image')} {done}, of {many(len(keys), 'task')}"
    for one, progress in left:
        if one.collected > before[one.task.key]:
            yield f"{day}: task {one.task.key}: {one.in_part}"
        if progress.sent_back:
            yield f"{day}: task {one.task.key} was sent back: {progress.sent_back}"


def _told(loop: Loop, day: date, found: TakenIn) -> Iterator[str]:
    """A line of what this pass did on a day; none where it did nothing."""
    shown = f"autoretrain quarantine list --ids --day {day} --home {shlex.quote(str(loop.home.root))}"
    by_arrival = f", {found.by_arrival} of them under their day of arrival" if found.by_arrival else ""
    counts = (
        (found.new, many(found.new, "new event")),
        (found.twice, f"{found.twice} sent twice"),
        (found.refused, f"{found.refused} refused{by_arrival} (`{shown}`)"),
        (found.images, f"{many(found.images, 'image')} to label in {many(found.tasks, 'task')}"),
    )
    if told := ", ".join(text for count, text in counts if count):
        yield f"{day}: {told}"
    if found.waits:
        raise Unreachable(found.waits)


def _retrained(loop: Loop) -> Iterator[str]:
    coming = due.retraining(loop.home)
    if coming.lost:
        yield f"damaged: {coming.lost}"
    if coming.verdict.trigger is None:
        yield f"no retraining: {coming.verdict.why}"
        return
    yield f"retraining {coming.version}: {coming.verdict.why}"
    loop.retrain(coming.version, coming.verdict)
    yield from decisions.lines(loop.home.store, coming.version)
