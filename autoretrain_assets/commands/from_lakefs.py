"""A home begins with a data set that lies in a lakeFS repository."""

import shutil
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from autoretrain_assets.config import Settings
from autoretrain_assets.dataset import elsewhere
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.words import many

if TYPE_CHECKING:
    from autoretrain_assets.store.lakefs.source import Source


def verify(settings: Settings, others: Sequence[object]) -> None:
    """Raise InputError where the server is not named, or other data is named beside it."""
    if any(each is not None for each in others):
        raise InputError("--from-lakefs takes images and labels from the server: leave out --data and --from-cvat.")
    if settings.store.lakefs.url is None:
        raise InputError("--from-lakefs needs the server's address: add --set store.lakefs.url=https://…")


def find(settings: Settings, address: str) -> "Source":
    """The commit that the address means now; raises InputError, or StoreError where it is not there."""
    from autoretrain_assets.store.lakefs.source import Address, Source  # its client takes a while to import

    return Source(settings.store.lakefs, Address.parsed(address))


def images(home: Home, found: "Source", folder: Path | None) -> Generator[str, None, tuple[list[str], pl.DataFrame]]:
    """The classes of the data set, and what a first version is made of; says which commit that is.

    `folder` is that of the images in the repository, for COCO and Pascal VOC. Files are kept below work/ until the
    home is one: what breaks off goes on from there.
    """
    from autoretrain_assets.store.lakefs.source import checked

    yield f"made from {made_from(found)}, which is {found.address.ref} now"
    within = None if folder is None else checked(folder.as_posix(), f"--images {folder}")
    mirror = elsewhere.Mirror(found, _kept(home) / found.address.repository / found.commit)
    classes, table, said = elsewhere.read(mirror, found.address.path, within, home.classes)
    yield from said
    yield f"{found.name}: {many(table.height, 'image')}"
    return classes, table


def made_from(found: "Source") -> str:
    """The data set, for the lineage: the commit never changes."""
    return "/".join(filter(None, [found.name, found.address.path]))


def forget(home: Home) -> None:
    """Remove the files that were kept for a try that breaks off."""
    shutil.rmtree(_kept(home), ignore_errors=True)


def _kept(home: Home) -> Path:
    return home.work / "from-lakefs"
