"""A home begins with what people labelled already on a CVAT server."""

import shutil
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from autoretrain_assets.config import Settings
from autoretrain_assets.dataset.splits import both_sides
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.words import many

if TYPE_CHECKING:
    from autoretrain_assets.labeling.cvat.existing import Existing


def verify(settings: Settings, data: Path | None, images: Path | None) -> None:
    """Raise InputError where the server is not named, or other data is named beside it."""
    if data is not None or images is not None:
        raise InputError("--from-cvat takes images and labels from the server: leave out --data and --images.")
    if settings.labeling.cvat.url is None:
        raise InputError("--from-cvat needs the server's address: add --set labeling.cvat.url=https://…")


def find(settings: Settings, project: str) -> "Existing":
    """The project of that name or id on the server; raises LabelingError where it is not there, or not clear."""
    from autoretrain_assets.labeling.cvat.existing import Existing  # its SDK takes half a second to import

    return Existing(settings, project)


def images(home: Home, found: "Existing") -> Generator[str, None, pl.DataFrame]:
    """What a first version is made of; says what is left out, and why.

    Images are kept below work/ until the home is one: what breaks off goes on from there.
    """
    from autoretrain_assets.labeling.cvat.existing import lines

    table = found.images(home.classes, _kept(home))
    name = f"{found.project.name} ({found.project.id})"
    yield f"{name}: {many(table.height, 'finished image')} of {many(table['group'].n_unique(), 'task')}"
    yield from (f"{name}: {line}" for line in lines(found.left_out))
    if lacking := found.lacking(home.classes):
        yield (
            f"warning: {name} has no label {', '.join(lacking)}: what is to be seen of that on its images "
            "counts as background; the first task of this home adds the label"
        )
    if table.is_empty():
        raise InputError(f"{name}: no finished image can be learnt from: mend what is told above, and say this again.")
    return _split(table, name, home.settings.dataset.test_share)


def forget(home: Home) -> None:
    """Remove the images that were kept for a try that breaks off."""
    shutil.rmtree(_kept(home), ignore_errors=True)


def _split(table: pl.DataFrame, name: str, test_share: float) -> pl.DataFrame:
    """Each task on one side: as its subset says, or by hash."""
    if table["split"].null_count() == 0:
        return table
    groups = table["group"].unique().sort()
    if len(groups) == 1:
        raise InputError(
            f"{name}: all finished images are of one task, which cannot be split into what trains and what measures: "
            "finish a second task there, of other scenes; the subset Test says which one measures."
        )
    splits = both_sides(groups, test_share)
    return table.with_columns(split=pl.col("group").replace_strict(splits))


def _kept(home: Home) -> Path:
    return home.work / "from-cvat"
