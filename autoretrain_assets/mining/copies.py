"""Near-duplicates within a source: a person labels one of them, the best."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autoretrain_assets.scenes import near_duplicates


def near(images: pl.DataFrame, others: pl.DataFrame, distance: int) -> pl.Series:
    """For each of `images` whether it is to be left out for one of `others`: a near-duplicate of its source.

    Both have source, phash and `reported`; a reported image is not left out for one that was not.
    """
    found = np.zeros(images.height, dtype=bool)
    found[_pairs(images, others, distance)[:, 0]] = True
    return pl.Series("near", found, dtype=pl.Boolean)


def leaders(images: pl.DataFrame, distance: int) -> pl.Series:
    """For each of `images`, best first, whether it stays when it is left out only for an earlier one that stays.

    In rounds: who has no earlier one near that is still open stays, and those near it go. A round settles
    the first open one at least.
    """
    pairs = _pairs(images, images, distance)
    later, earlier = pairs[pairs[:, 1] < pairs[:, 0]].T
    stays, is_open = np.zeros(images.height, dtype=bool), np.ones(images.height, dtype=bool)
    while is_open.any():
        waiting = np.zeros(images.height, dtype=bool)
        waiting[later[is_open[earlier]]] = True
        leading = is_open & ~waiting
        stays |= leading
        is_open &= ~leading
        is_open[later[leading[earlier]]] = False
    return pl.Series("stays", stays, dtype=pl.Boolean)


def _pairs(images: pl.DataFrame, others: pl.DataFrame, distance: int) -> NDArray[np.int64]:
    """Index pairs (image, other) where the image is to be left out when the other is taken."""
    pairs = near_duplicates(images["phash"].to_numpy(), others["phash"].to_numpy(), distance)
    image, other = (part.select("source", "reported")[at] for part, at in zip((images, others), pairs.T, strict=True))
    binds = (image["source"] == other["source"]) & (other["reported"] | ~image["reported"])
    found: NDArray[np.int64] = pairs[binds.to_numpy()]
    return found
