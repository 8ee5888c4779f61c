"""What the commands do: each takes a home and returns the lines to print."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg

from autoretrain_assets import checkpoints, due, founding
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.errors import InputError
from autoretrain_assets.feedback.remote import drain
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.folder import FolderBackend
from autoretrain_assets.locks import is_held
from autoretrain_assets.loop import opened
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.resources import turn
from autoretrain_assets.store import artifacts
from autoretrain_assets.triggers import Verdict


def make_home(root: Path, weights: Path, data: Path, overrides: Sequence[str]) -> Iterator[str]:
    """A home for the model in production and the data that it was trained on.

    It is one once its settings are written, after all that can be refused: what breaks off before can be repeated.
    """
    settings = parse_settings("", overrides, name="--set")
    classes, images = owners_data(data)
    founding.verified(weights, classes)
    dataset = settings.dataset.model_copy(update={"classes": classes})
    home = founding.to_be_made(root, settings.model_copy(update={"dataset": dataset}))
    founded = founding.first_version(home, images)
    yield f"{founding.FIRST}: {images.height} images, {len(classes)} classes"
    if founded.seen:
        yield f"{founding.FIRST}: left out {founded.seen} test images that look like train images"
    founding.adopt(home, weights)
    home = founding.lay_out(root, home.settings)
    yield f"{home.root}: settings in autoretrain.yaml, events go into inbox/"
    with opened(home) as loop:
        loop.retrain(founding.FIRST, Verdict(None, "the home was made"))
    yield f"{founding.FIRST}: in production, measured: {home.reports / (founding.FIRST + '.html')}"


def run_due(root: Path) -> Iterator[str]:
    """One pass: what waits in the inboxes, the finished tasks, and a retraining where there is reason for one."""
    with opened(Home.open(root)) as loop:
        yield from loop.mend()
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


def release(root: Path, version: str, because: str, by: str) -> str:
    """Move the production pointer by hand."""
    home = Home.open(root)
    if "record.json" not in artifacts.names(home.store, version):
        known = ", ".join(name for name in dataset_version.versions(home.store) if artifacts.names(home.store, name))
        raise InputError(f"there is no checkpoint {version}: there are {known or 'none'}.")
    moved = registry.promote(home.store, version, checkpoints.sha256_of(home, version), because, by)
    checkpoints.publish(home, moved)
    _note(home, moved)
    return f"{version} is in production, by {by}: {because}"


def roll_back(root: Path, version: str | None, because: str, by: str) -> str:
    """Put an earlier version back: the one before the current one where none is named."""
    home = Home.open(root)
    if version is None:
        before = registry.previous(home.store)
        if before is None:
            raise InputError("there was no release before the current one: name a version.")
        version = before.version
    return release(root, version, because, by)


def abandon(root: Path, version: str, because: str, by: str) -> str:
    """Decide that nothing comes of a version that cannot be trained or measured, so that the next one is made."""
    home = Home.open(root)
    if version not in (known := dataset_version.versions(home.store)):
        raise InputError(f"there is no dataset version {version}: there are {', '.join(known) or 'none'}.")
    if is_held(turn(home.root, version)):
        raise InputError(f"a retraining is at work: wait for its end, or end it, before {version} is abandoned.")
    decisions.abandon(home.store, version, because, by)
    return f"{decisions.sentence(home.store, version)}; its labels stay, and the next version holds them too"


def label_lines(root: Path) -> Iterator[str]:
    """A line for each task in a folder."""
    home = Home.open(root)
    backend = _folders(home)
    for task in backend.tasks():
        progress = backend.progress(task)
        yield f"{task.key}  {progress.images} images  {'finished' if progress.finished else 'open'}  {task.url}"


def finish_task(root: Path, key: str, by: str, now: datetime) -> None:
    """Mark a task in a folder as finished."""
    _folders(Home.open(root)).finish(key, by, now)


def _folders(home: Home) -> FolderBackend:
    if not isinstance(home.labeling, FolderBackend):
        raise InputError("labeling.backend is not `folder`: finish the task where it is labelled.")
    return home.labeling


def _note(home: Home, moved: registry.Release) -> None:
    """Show a release by hand on the asset's page, as one by the gate is shown."""
    with opened(home) as loop:
        metadata = {"version": moved.version, "because": moved.because, "by": moved.by, "commit": moved.commit}
        loop.instance.report_runless_asset_event(dg.AssetMaterialization("production_model", metadata=metadata))
