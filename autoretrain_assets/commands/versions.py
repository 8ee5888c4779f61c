"""Which versions there are, how far one came, and where its page is."""

from pathlib import Path

from autoretrain_assets import checkpoints
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.evaluation import stored
from autoretrain_assets.home import Home
from autoretrain_assets.release import decisions
from autoretrain_assets.store import artifacts


def report(root: Path, version: str) -> str:
    """Where the page of a version is, written anew where it is gone; raises InputError where it was not measured.

    Raises IntegrityError where the store lost what the page is drawn from.
    """
    home = Home.open(root)
    known(home, version)
    page = home.reports / f"{version}.html"
    if page.is_file():
        return str(page)
    if stored.is_made(home.store, version):
        # what draws the page knows Dagster, which takes seconds to import
        from autoretrain_assets.assets import reporting

        if lacking := {checkpoints.RECORD, reporting.PICTURES} - set(artifacts.names(home.store, version)):
            raise IntegrityError(
                f"{version} was measured, but {', '.join(sorted(lacking))} of it is gone, so its page cannot be drawn: "
                f"restore {home.store_place} from a backup; `autoretrain explain {version}` has the decision."
            )
        decision = decisions.read(home.store, version) if decisions.is_made(home.store, version) else None
        return str(reporting.write_page(home, version, decision))
    raise InputError(f"{version} was not measured, so it has no page: {how_far(home, version)}.")


def known(home: Home, version: str) -> None:
    """Raise InputError where there is neither a dataset nor a model of that name."""
    versions = dataset_version.versions(home.store)
    if version not in versions and not artifacts.names(home.store, version):
        raise InputError(f"there is no version {version}: known are {', '.join(versions) or 'none'}.")


def how_far(home: Home, version: str) -> str:
    """How far a version came, and what goes on from there."""
    if version not in dataset_version.versions(home.store):
        return "its model waits for the first dataset to be measured on; `autoretrain run` makes it when it is due"
    trained = "it was trained" if checkpoints.is_made(home, version) else "its dataset was made"
    done = "it was measured" if stored.is_made(home.store, version) else trained
    return f"{done}; `autoretrain run` goes on from there, or `autoretrain abandon {version}` gives it up"
