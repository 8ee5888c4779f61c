"""The loop's runs, driven from here: all that is due, or past days again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from autoretrain_assets import due
from autoretrain_assets.feedback.remote import drain
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_assets.release import decisions


def run_due(root: Path) -> Iterator[str]:
    """One pass: what waits in the inboxes, the finished tasks, and a retraining where there is reason for one."""
    with opened(Home.open(root)) as loop:
        yield from loop.mend()
        if not loop.home.inbox.is_dir():
            yield f"{loop.home.inbox} is gone: no event can come in; make the folder again, or mount it"
        yield from drain(loop.home.inbox, loop.home.settings.feedback, datetime.now(UTC))
        for day in due.events(loop.home, datetime.now(UTC)):
            loop.feedback(day)
            events, samples = loop.home.raw_feedback.read(day), loop.home.mined_samples.read(day)
            yield f"{day}: {events.height} events, {samples.height} images to label"
        for day in due.answers(loop.home):
            loop.labels(day)
            yield f"{day}: {loop.home.annotations.read(day).height} images labelled"
        coming = due.retraining(loop.home)
        if coming.verdict.trigger is None:
            yield f"no retraining: {coming.verdict.why}"
            return
        yield f"retraining {coming.version}: {coming.verdict.why}"
        loop.retrain(coming.version, coming.verdict)
        yield decisions.sentence(loop.home.store, coming.version)


def backfill(root: Path, first: date, last: date, mining_only: bool) -> Iterator[str]:
    """Run the days from `first` to `last` again that have anything: by all steps, or only by today's mining rules."""
    with opened(Home.open(root)) as loop:
        known = set(loop.home.raw_feedback.days())
        days = known if mining_only else known | due.events(loop.home, datetime.now(UTC)).keys()
        chosen = sorted(day for day in days if first <= day <= last)
        if not chosen:
            yield f"no day from {first} to {last} has an event"
        for day in chosen:
            asked = loop.home.mined_samples.read(day).height
            (loop.mine_again if mining_only else loop.feedback)(day)
            events, samples = loop.home.raw_feedback.read(day).height, loop.home.mined_samples.read(day).height
            yield f"{day}: {events} events, {samples} images to label ({samples - asked:+d})"
