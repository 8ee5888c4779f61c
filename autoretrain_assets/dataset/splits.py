"""Which side a scene stands on: derived from its hash, so it is the same for ever and stored nowhere else."""

import hashlib

import numpy as np
import polars as pl

from autoretrain_assets.scenes import near_duplicates

TRAIN, TEST = "train", "test"


def split_of(group: str, test_share: float) -> str:
    """`test` for about `test_share` of all groups, `train` for the others."""
    number = int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big")
    return TEST if number < test_share * 2**64 else TRAIN


def assign(images: pl.DataFrame, test_share: float) -> pl.DataFrame:
    """`images` (with `group`) with their `split`."""
    groups = images["group"].unique(maintain_order=True)
    splits = pl.DataFrame(
        {"group": groups, "split": [split_of(group, test_share) for group in groups]},
        schema={"group": pl.String, "split": pl.String},
    )
    return images.join(splits, on="group", how="left", maintain_order="left")


def without_leaks(new: pl.DataFrame, known: pl.DataFrame, distance: int) -> pl.DataFrame:
    """`new` less each image that looks like one of the other split: of `known`, or earlier in `new`.

    Both have `phash` and `split`. What is known keeps its place; among new ones the first does.
    """
    everything = pl.concat([known.select("phash", "split"), new.select("phash", "split")])
    hashes, on_test = everything["phash"].to_numpy(), (everything["split"] == TEST).to_numpy()
    left = near_duplicates(hashes[known.height :], hashes, distance)
    later = left[:, 0] + known.height
    leaking = (on_test[later] != on_test[left[:, 1]]) & (left[:, 1] < later)
    keep = np.ones(new.height, dtype=bool)
    keep[left[leaking, 0]] = False
    return new.filter(pl.Series(keep, dtype=pl.Boolean))
