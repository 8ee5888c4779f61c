"""Scenes: images of one source that follow each other without a pause.

A scene's group has one split for ever, so it must not depend on what is labelled later: a new scene that
continues a known one joins its group, and founds a group of its own else. Near-duplicates in other scenes
do not merge groups (the empty street of a fixed camera would chain all its scenes into one): whoever
splits leaves such a copy out where it would stand on both sides.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


def group_by_time(frames: pl.DataFrame, gap_seconds: float) -> pl.DataFrame:
    """`frames` (source, captured_at, sha256, …) sorted, with `group`: source and the time its scene began."""
    pause = pl.col("captured_at").diff().over("source") > pl.duration(milliseconds=round(gap_seconds * 1000))
    return (
        frames.sort("source", "captured_at", "sha256")
        .with_columns(_scene=pause.fill_null(value=True).cast(pl.Int64).cum_sum().over("source"))
        .with_columns(_start=pl.col("captured_at").min().over("source", "_scene"))
        .with_columns(group=pl.concat_str("source", pl.col("_start").dt.strftime("%Y%m%dT%H%M%S.%6f"), separator="/"))
        .drop("_scene", "_start")
    )


def join_known(new: pl.DataFrame, known: pl.DataFrame, gap_seconds: float) -> pl.DataFrame:
    """`new` (with `group` of its own) where a scene that continues a known one takes the known group.

    Returns `new` with `group` replaced, and `torn`: True where a scene touches known groups of both splits
    and so belongs to neither. `known` has source, captured_at, group and split.
    """
    found = (
        _near_in_time(new, known, gap_seconds)
        .group_by("group")
        .agg(pl.col("known_group").sort().first(), torn=pl.col("known_split").n_unique() > 1)
    )
    return (
        new.join(found, on="group", how="left", maintain_order="left")
        .with_columns(pl.coalesce("known_group", "group").alias("group"), pl.col("torn").fill_null(value=False))
        .drop("known_group")
    )


def near_duplicates(hashes: Hashes, others: Hashes, distance: int, block: int = 1024) -> NDArray[np.int64]:
    """Index pairs, shape (n, 2), of 64-bit perceptual hashes that differ in at most `distance` bits.

    A block of rows at a time, so that memory stays at block x len(others).
    """
    found = [
        np.argwhere(np.bitwise_count(hashes[at : at + block, None] ^ others[None, :]) <= distance) + [at, 0]
        for at in range(0, len(hashes), block)
    ]
    return np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)


def _near_in_time(new: pl.DataFrame, known: pl.DataFrame, gap_seconds: float) -> pl.DataFrame:
    tolerance = f"{round(gap_seconds * 1000)}ms"
    right = known.select("source", "captured_at", known_group="group", known_split="split").sort("captured_at")
    left = new.select("group", "source", "captured_at").sort("captured_at")
    sides = [
        left.join_asof(right, on="captured_at", by="source", strategy=side, tolerance=tolerance, check_sortedness=False)
        for side in ("backward", "forward")
    ]
    return pl.concat(sides).drop_nulls("known_group").select("group", "known_group", "known_split")
