"""The loop's runs, driven from here: all that is due, or past days again."""

from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from autoretrain_assets import due
from autoretrain_assets.errors import AutoretrainError
from autoretrain_assets.feedback.remote import drain
from autoretrain_assets.home import Home
from autoretrain_assets.loop import Loop, opened
from autoretrain_assets.release import decisions


def run_due(root: Path) -> Iterator[str]:
    """One pass: what waits in the inboxes, the finished tasks, and a retraining where there is reason for one.

    A day that fails stops nothing else, nor does what cannot be mended; the first such error is raised when all the
    rest is done.
    """
    with opened(Home.open(root)) as loop:
        mended, failed = loop.mend()
        yield from mended
        if not loop.home.inbox.is_dir():
            yield f"{loop.home.inbox} is gone: no event can come in; make the folder again, or mount it"
        yield from drain(loop.home.inbox, loop.home.settings.feedback, datetime.now(UTC))
        failed += yield from _each(due.events(loop.home, datetime.now(UTC)), lambda day: _taken_in(loop, day))
        failed += yield from _each(due.answers(loop.home), lambda day: _collected(loop, day))
        yield from _retrained(loop)
    if failed:
        raise failed[0]


def backfill(root: Path, first: date, last: date, mining_only: bool) -> Iterator[str]:
    """Run the days from `first` to `last` again that have anything: by all steps, or only by today's mining rules.

    A day that fails stops no other; the first such error is raised at the end.
    """
    with opened(Home.open(root)) as loop:
        known = set(loop.home.raw_feedback.days())
        days = known if mining_only else known | due.events(loop.home, datetime.now(UTC)).keys()
        chosen = sorted(day for day in days if first <= day <= last)
        if not chosen:
            yield f"no day from {first} to {last} has an event"
        failed = yield from _each(chosen, lambda day: _again(loop, day, mining_only))
    if failed:
        raise failed[0]


def _each(days: Iterable[date], work: Callable[[date], str]) -> Generator[str, None, list[AutoretrainError]]:
    """A line for each day; answers the errors of those that failed."""
    failed = []
    for day in days:
        try:
            yield work(day)
        except AutoretrainError as error:
            failed.append(error)
            yield f"{day}: failed: {error}"
    return failed


def _taken_in(loop: Loop, day: date) -> str:
    loop.feedback(day)
    return f"{day}: {_counts(loop, day)}"


def _collected(loop: Loop, day: date) -> str:
    loop.labels(day)
    return f"{day}: {loop.home.annotations.read(day).height} images labelled"


def _again(loop: Loop, day: date, mining_only: bool) -> str:
    asked = loop.home.mined_samples.read(day).height
    (loop.mine_again if mining_only else loop.feedback)(day)
    return f"{day}: {_counts(loop, day)} ({loop.home.mined_samples.read(day).height - asked:+d})"


def _counts(loop: Loop, day: date) -> str:
    events, samples = loop.home.raw_feedback.read(day).height, loop.home.mined_samples.read(day).height
    return f"{events} events, {samples} images to label"


def _retrained(loop: Loop) -> Iterator[str]:
    coming = due.retraining(loop.home)
    if coming.verdict.trigger is None:
        yield f"no retraining: {coming.verdict.why}"
        return
    yield f"retraining {coming.version}: {coming.verdict.why}"
    loop.retrain(coming.version, coming.verdict)
    yield decisions.sentence(loop.home.store, coming.version)
