"""Near-duplicates within a source: a person labels one of them, the best."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autoretrain_assets.scenes import Hashes, near_duplicates

Mask = NDArray[np.bool_]

_BLOCK = 256


def distinct(images: pl.DataFrame, distance: int, kinds: Sequence[pl.Expr], places: int) -> pl.DataFrame:
    """`images` (source, phash; best first) less each that is a near-duplicate of a better one of its source.

    An image is left out only for one that stays, so a slow change does not shrink to a single image. Of each
    source at least the first `places` of each kind (boolean expressions) stay where there are so many; those
    after them that are of no other kind are left out too, as there is no place to fill with them.
    """
    parts = [_of_source(part, distance, kinds, places) for part in images.partition_by("source", maintain_order=True)]
    return pl.concat(parts) if parts else images


def near(images: pl.DataFrame, others: pl.DataFrame, distance: int) -> pl.Series:
    """For each of `images` whether it is a near-duplicate of one of `others` of the same source."""
    found = np.zeros(images.height, dtype=bool)
    for source in others["source"].unique():
        rows = np.flatnonzero((images["source"] == source).to_numpy())
        hashes = others.filter(pl.col("source") == source)["phash"].to_numpy()
        found[rows] = _near(images["phash"].to_numpy()[rows], hashes, distance)
    return pl.Series("near", found, dtype=pl.Boolean)


def _of_source(part: pl.DataFrame, distance: int, kinds: Sequence[pl.Expr], places: int) -> pl.DataFrame:
    images = part.unique("phash", keep="first", maintain_order=True)
    hashes = images["phash"].to_numpy()
    of_kind = images.select(kind.alias(str(at)) for at, kind in enumerate(kinds)).to_numpy()
    kept = np.zeros(images.height, dtype=bool)
    for at in range(0, images.height, _BLOCK):
        wanting = of_kind[kept].sum(axis=0) < places
        rows = at + np.flatnonzero((of_kind[at : at + _BLOCK] & wanting).any(axis=1))
        rows = rows[~_near(hashes[rows], hashes[kept], distance)]
        kept[rows[_leaders(hashes[rows], distance)]] = True
    return images.filter(pl.Series(kept, dtype=pl.Boolean))


def _near(hashes: Hashes, others: Hashes, distance: int) -> Mask:
    found = np.zeros(len(hashes), dtype=bool)
    found[near_duplicates(hashes, others, distance)[:, 0]] = True
    return found


def _leaders(hashes: Hashes, distance: int) -> Mask:
    """Whether each stays when, from the first on, one that is near to an earlier one that stays is left out.

    In rounds: who has no earlier one near that is still open stays, and those near it go. A round settles
    the first open one at least.
    """
    pairs = near_duplicates(hashes, hashes, distance)
    earlier, later = pairs[pairs[:, 0] < pairs[:, 1]].T
    stays, is_open = np.zeros(len(hashes), dtype=bool), np.ones(len(hashes), dtype=bool)
    while is_open.any():
        waiting = np.zeros(len(hashes), dtype=bool)
        waiting[later[is_open[earlier]]] = True
        leading = is_open & ~waiting
        stays |= leading
        is_open &= ~leading
        is_open[later[leading[earlier]]] = False
    return stays
