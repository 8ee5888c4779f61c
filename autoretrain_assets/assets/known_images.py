"""Images whose labels are known, to be put among those that people are asked for."""

import hashlib
import math
from collections.abc import Sequence

import polars as pl

from autoretrain_assets import version_images
from autoretrain_assets.boxes import Box
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.home import Home
from autoretrain_assets.labeling.base import KnownImage
from autoretrain_assets.schema import MANIFEST, empty


def known_images(place: Home, key: str, asked: Sequence[str]) -> list[KnownImage]:
    """So many of the sealed test as labeling.known_share says, of those with an object, chosen by the task's key.

    None where tasks are folders, for there the labels would lie open, or before there is a version. What people
    answer to them is never collected: the sealed test stays as it is.
    """
    count = math.ceil(place.settings.labeling.known_share * len(asked))
    if place.settings.labeling.backend == "folder" or not count:
        return []
    candidates = sealed(place).filter(~pl.col("sha256").is_in(list(asked)))
    chosen = sorted(candidates["sha256"], key=lambda sha256: _draw(place.settings.seed, key, sha256))[:count]
    paths = version_images.paths(place, chosen, dataset_version.versions(place.store)[-1]) if chosen else {}
    return [
        KnownImage(
            sha256=row["sha256"],
            path=paths[row["sha256"]],
            width=row["width"],
            height=row["height"],
            boxes=[Box(**box) for box in row["boxes"]],
        )
        for row in candidates.filter(pl.col("sha256").is_in(chosen)).sort("sha256").iter_rows(named=True)
    ]


def sealed(place: Home) -> pl.DataFrame:
    """The images of the newest version's sealed test that show something, of schema.MANIFEST: any may be known."""
    versions = dataset_version.versions(place.store)
    if not versions:
        return empty(MANIFEST)
    manifest = dataset_version.read_manifest(place.store, versions[-1])
    return manifest.filter(pl.col("split") == "test", pl.col("boxes").list.len() > 0)


def _draw(seed: int, key: str, sha256: str) -> bytes:
    return hashlib.sha256(f"{seed} {key} {sha256}".encode()).digest()
