"""Which images something refers to: a row of any table, or a dataset version."""

from collections.abc import Collection, Iterator
from datetime import date

import polars as pl

from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import IntegrityError, NotFound
from autoretrain_assets.home import Home


def needed_images(home: Home, given_up: Collection[date] = ()) -> set[str]:
    """The sha256 of every image that an event, a sample, a task, an answer or a version names.

    Raises IntegrityError where a table or a manifest cannot be read: nobody knows then what it named. The same of a
    day of events that is gone, unless it was `given_up`.
    """
    _verify_days(home, given_up)
    images: set[str] = set()
    for table in (home.raw_feedback, home.mined_samples, home.annotations):
        images |= set(table.query(lambda rows: rows.select("sha256").unique())["sha256"])
    images |= set(home.cvat_tasks.query(lambda rows: rows.select("images").explode("images"))["images"].drop_nulls())
    for manifest in _manifests(home):
        images |= set(manifest["sha256"])
    return images


def _manifests(home: Home) -> Iterator[pl.DataFrame]:
    """Those of all versions, and of commits whose tag a kill prevented."""
    tagged = dataset_version.versions(home.store)
    committed = [commit.id for commit in home.store.log(dataset_version.BRANCH)]
    tags = home.store.tags()
    for commit in {*committed, *(tags[version] for version in tagged)}:
        try:
            yield dataset_version.read_manifest(home.store, commit)
        except NotFound:
            continue  # by another hand, for every version has one
        except pl.exceptions.PolarsError as error:
            raise IntegrityError(
                f"the manifest of the commit {commit} cannot be read ({error}), so which images it names is not known: "
                "`autoretrain store verify` says what is damaged."
            ) from error


def _verify_days(home: Home, given_up: Collection[date]) -> None:
    """A day that was moved away for being damaged may come back from a backup, and its images must be there then."""
    others = (home.mined_samples, home.cvat_tasks, home.annotations, home.drift_report)
    if lost := sorted({day for table in others for day in table.days()} - {*home.raw_feedback.days(), *given_up}):
        day = lost[0]
        raise IntegrityError(
            f"{home.raw_feedback.path(day)} is gone, and it named images: restore it from a backup; where there is "
            f"none, --give-up {day} lets those go that nothing else names."
        )
