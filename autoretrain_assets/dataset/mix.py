"""The training mix: what is new, and a seeded share of what the champion knew, lest it forget."""

import hashlib

import polars as pl

from autoretrain_assets.dataset.manifest import relabelled
from autoretrain_assets.dataset.splits import TRAIN


def training_mix(manifest: pl.DataFrame, known: pl.Series | None, replay_share: float, seed: int) -> pl.DataFrame:
    """The rows of `manifest` to train on, sorted by sha256; never one of the test split.

    `known` holds the sha256 of what the champion learned (None: there is no champion, all is new). For each new
    image `replay_share` old ones are drawn without replacement, by a hash of seed and image: the draw of a
    larger dataset contains most of the smaller one's.
    """
    train = manifest.filter(pl.col("split") == TRAIN)
    if known is None:
        return train.sort("sha256")
    is_old = pl.col("sha256").is_in(known.implode())
    new, old = train.filter(~is_old), train.filter(is_old)
    order = [hashlib.sha256(f"{seed}/{sha256}".encode()).hexdigest() for sha256 in old["sha256"]]
    drawn = old.with_columns(_order=pl.Series(order, dtype=pl.String)).sort("_order").drop("_order")
    return pl.concat([new, drawn.head(round(replay_share * new.height))]).sort("sha256")


def learned(champion: pl.DataFrame, manifest: pl.DataFrame) -> pl.Series:
    """The sha256 of the champion's images, but for those that `manifest` labels otherwise: they are to be learned."""
    corrected = relabelled(champion, manifest)
    return champion.filter(~pl.col("sha256").is_in(corrected.implode()))["sha256"]
