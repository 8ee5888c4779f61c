"""What was decided on a version and on which figures, in words; and two versions side by side."""

from collections.abc import Iterator
from pathlib import Path

from autoretrain_assets import checkpoints
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError
from autoretrain_assets.evaluation import stored
from autoretrain_assets.home import Home
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.release.gate import Decision, Verdict
from autoretrain_assets.store import artifacts


def explained(root: Path, version: str) -> Iterator[str]:
    """The decision on a version rule by rule, and who moved production since; raises InputError for an unknown one."""
    home = Home.open(root)
    known(home, version)
    if not decisions.is_made(home.store, version):
        yield f"{version}: no decision yet: {_without_decision(home, version)}"
        return
    content = decisions.read(home.store, version)
    yield f"{version}: {content['outcome']}"
    yield from (f"  because {reason}" for reason in content["reasons"])
    if content["outcome"] != decisions.ABANDONED:
        yield f"measured against: {content['champion'] or 'nothing: no model was in production'}"
        yield from (_ruled(verdict) for verdict in Decision.from_json(content).verdicts)
    yield from _moves(home, version)


def report(root: Path, version: str) -> str:
    """Where the page of a version is, written anew where it is gone; raises InputError where it was not measured."""
    home = Home.open(root)
    known(home, version)
    page = home.reports / f"{version}.html"
    if page.is_file():
        return str(page)
    if stored.is_made(home.store, version):
        # what draws the page knows Dagster, which takes seconds to import
        from autoretrain_assets.assets import reporting

        decision = decisions.read(home.store, version) if decisions.is_made(home.store, version) else None
        return str(reporting.write_page(home, version, decision))
    raise InputError(f"{version} was not measured, so it has no page: {_without_decision(home, version)}.")


def known(home: Home, version: str) -> None:
    """Raise InputError where there is neither a dataset nor a model of that name."""
    versions = dataset_version.versions(home.store)
    if version not in versions and not artifacts.names(home.store, version):
        raise InputError(f"there is no version {version}: there are {', '.join(versions) or 'none'}.")


def _without_decision(home: Home, version: str) -> str:
    """How far a version came, and what goes on from there."""
    if version not in dataset_version.versions(home.store):
        return "its model waits for the first dataset to be measured on; `autoretrain run` makes it when it is due"
    trained = "it was trained" if checkpoints.is_made(home, version) else "its dataset was made"
    done = "it was measured" if stored.is_made(home.store, version) else trained
    return f"{done}; `autoretrain run` goes on from there, or `autoretrain abandon {version}` gives it up"


def _ruled(verdict: Verdict) -> str:
    figure = "no figure" if verdict.figure is None else f"{verdict.figure:.3f}"
    return (
        f"  {'holds' if verdict.passed else 'FAILS'}  {verdict.rule}: {figure}, asked {verdict.threshold} "
        f"({verdict.why}; {verdict.images} images, {verdict.boxes} boxes)"
    )


def _moves(home: Home, version: str) -> Iterator[str]:
    """The releases since the version was measured, oldest first; all of them where it never was."""
    since = stored.measured_at(home.store, version) if stored.is_made(home.store, version) else None
    moves = [one for one in reversed(registry.history(home.store)) if since is None or one.at > since]
    for one in moves:
        yield f"{one.at:%Y-%m-%d %H:%M} UTC: {one.version} into production, by {one.by}: {one.because}"
    if not moves:
        yield "production was not moved since"
    now = registry.current(home.store)
    yield f"in production now: {now.version if now else 'nothing'}"
