"""Which side a scene stands on: the one its group has already, and else the one that its hash says."""

import hashlib
from collections.abc import Iterable

import numpy as np
import polars as pl

from autoretrain_assets.scenes import near_duplicates

TRAIN, TEST = "train", "test"


def split_of(group: str, test_share: float) -> str:
    """`test` for about `test_share` of all groups, `train` for the others."""
    return TEST if _number(group) < test_share * 2**64 else TRAIN


def both_sides(groups: Iterable[str], test_share: float) -> dict[str, str]:
    """The split of each group by its hash; where all fall on one side, the one that is nearest goes to the other.

    Of few groups that happens often, and then nothing could be measured. One group alone, or a share of 0 or 1,
    stays as it is.
    """
    splits = {group: split_of(group, test_share) for group in groups}
    if len(splits) > 1 and 0 < test_share < 1 and len(set(splits.values())) == 1:
        side = next(iter(splits.values()))
        nearest = min(splits, key=_number) if side == TRAIN else max(splits, key=_number)
        splits[nearest] = TEST if side == TRAIN else TRAIN
    return splits


def assign(images: pl.DataFrame, test_share: float) -> pl.DataFrame:
    """`images` (group, known_split) with their `split`: a known group's whatever `test_share` was when it was made."""
    groups = images["group"].unique(maintain_order=True)
    splits = pl.DataFrame(
        {"group": groups, "split": [split_of(group, test_share) for group in groups]},
        schema={"group": pl.String, "split": pl.String},
    )
    placed = images.join(splits, on="group", how="left", maintain_order="left")
    return placed.with_columns(pl.coalesce("known_split", "split").alias("split")).drop("known_split")


def without_leaks(new: pl.DataFrame, known: pl.DataFrame, distance: int) -> pl.DataFrame:
    """`new` less each image that looks like one of the other split: of `known`, or earlier in `new`.

    Both have `phash` and `split`. What is known keeps its place; among new ones the first does.
    """
    everything = pl.concat([known.select("phash", "split"), new.select("phash", "split")])
    hashes, on_test = everything["phash"].to_numpy(), (everything["split"] == TEST).to_numpy()
    is_new = np.arange(len(hashes)) >= known.height
    keep = np.ones(len(hashes), dtype=bool)
    for side in (True, False):  # only what stands on different sides can leak: a third of all pairs
        own, others = np.flatnonzero(is_new & (on_test == side)), np.flatnonzero(on_test != side)
        pairs = near_duplicates(hashes[own], hashes[others], distance)
        later, earlier = own[pairs[:, 0]], others[pairs[:, 1]]
        keep[later[earlier < later]] = False
    return new.filter(pl.Series(keep[known.height :], dtype=pl.Boolean))


def whole(known: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Both in one, less each image whose group stands on the other side: the last word on every manifest.

    What is known goes before what is new. In a known group that both splits hold the train images stay: a model
    has seen the scene, so it measures nothing any more.
    """
    everything = pl.concat([known.with_columns(_new=False), new.with_columns(_new=True)])
    side = pl.col("split").sort_by("_new", pl.col("split") == TEST).first().over("group")
    return everything.filter(pl.col("split") == side).drop("_new")


def unseen(test: pl.DataFrame, train: pl.DataFrame, distance: int) -> pl.DataFrame:
    """`test` less each image that looks like one of `train`, whatever their sources; both have `phash`."""
    pairs = near_duplicates(test["phash"].to_numpy(), train["phash"].to_numpy(), distance)
    keep = np.ones(test.height, dtype=bool)
    keep[pairs[:, 0]] = False
    return test.filter(pl.Series(keep, dtype=pl.Boolean))


def _number(group: str) -> int:
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big")
