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

_FOUND = ["source", "group", "known_group", "known_split"]


def group_by_time(frames: pl.DataFrame, gap_seconds: float) -> pl.DataFrame:
    """`frames` (source, captured_at, sha256, …) sorted, with `group`: source and the time its scene began."""
    pause = pl.col("captured_at").diff().over("source") > _gap(gap_seconds)
    return (
        frames.sort("source", "captured_at", "sha256")
        .with_columns(_scene=pause.fill_null(value=True).cast(pl.Int64).cum_sum().over("source"))
        .with_columns(_start=pl.col("captured_at").min().over("source", "_scene"))
        .with_columns(group=pl.concat_str("source", pl.col("_start").dt.strftime("%Y%m%dT%H%M%S.%6f"), separator="/"))
        .drop("_scene", "_start")
    )


def join_known(new: pl.DataFrame, known: pl.DataFrame, gap_seconds: float) -> pl.DataFrame:
    """`new` (with `group` of its own) where a scene that continues a known one takes the known group.

    A scene lasts from its first image to its last, also where the images between were never labelled, and
    goes on where a group of `new` has a known one's name. Groups of `new` without a pause between them are one
    scene and take the earliest of their names: a scene that crosses midnight was grouped on two days, and one
    with a late image at its start was named twice.

    Returns `new` with `group` replaced, `known_split` (null where no known group is joined), and `torn`: True
    where a scene touches known groups of both splits and so belongs to neither. `known` has source,
    captured_at, group and split.
    """
    merged = _merge_touching(new, gap_seconds)
    found = (
        pl.concat([_touching(merged, known, gap_seconds), _namesakes(merged, known)])
        .group_by("source", "group")
        .agg(pl.col("known_group", "known_split").min(), torn=pl.col("known_split").n_unique() > 1)
    )
    return (
        merged.join(found, on=["source", "group"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("known_group", "group").alias("group"), pl.col("torn").fill_null(value=False))
        .drop("known_group", "_own")
    )


def near_duplicates(hashes: Hashes, others: Hashes, distance: int, pairs_at_once: int = 2**20) -> NDArray[np.int64]:
    """Index pairs, shape (n, 2), of 64-bit perceptual hashes that differ in at most `distance` bits.

    A block of rows at a time, so that it needs memory for `pairs_at_once` comparisons and for what it finds.
    """
    block = max(1, pairs_at_once // max(1, len(others)))
    found = [
        np.argwhere(np.bitwise_count(hashes[at : at + block, None] ^ others[None, :]) <= distance) + np.array([at, 0])
        for at in range(0, len(hashes), block)
    ]
    return np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)


def _gap(gap_seconds: float) -> pl.Expr:
    return pl.duration(microseconds=round(gap_seconds * 1_000_000))


def _merge_touching(new: pl.DataFrame, gap_seconds: float) -> pl.DataFrame:
    """`new` in its own order; each run of groups of a source that overlap or follow without a pause has one name.

    The name that an image came with is `_own`.
    """
    spans = _spans(new).sort("source", "start", "group")
    pause = pl.col("start") > pl.col("end").cum_max().shift(1).over("source") + _gap(gap_seconds)
    names = (
        spans.with_columns(_scene=pause.fill_null(value=True).cast(pl.Int64).cum_sum().over("source"))
        .with_columns(_name=pl.col("group").first().over("source", "_scene"))
        .select("source", "group", "_name")
    )
    joined = new.join(names, on=["source", "group"], how="left", maintain_order="left")
    return joined.rename({"group": "_own", "_name": "group"})


def _touching(new: pl.DataFrame, known: pl.DataFrame, gap_seconds: float) -> pl.DataFrame:
    """The known groups, with their split, that a group of `new` overlaps or follows without a pause, or precedes."""
    spans = _spans(known).select("source", known_group="group", known_start="start", known_end="end")
    others = spans.join(_splits(known), on=["source", "known_group"])
    return (
        _spans(new)
        .join(others, on="source")
        .filter(
            pl.col("start") <= pl.col("known_end") + _gap(gap_seconds),
            pl.col("known_start") <= pl.col("end") + _gap(gap_seconds),
        )
        .select(_FOUND)
    )


def _namesakes(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The known groups, with their split, whose name a group of `new` came with."""
    names = new.select("source", "group", known_group="_own").unique()
    return names.join(_splits(known), on=["source", "known_group"]).select(_FOUND)


def _splits(known: pl.DataFrame) -> pl.DataFrame:
    return known.select("source", known_group="group", known_split="split").unique()


def _spans(images: pl.DataFrame) -> pl.DataFrame:
    return images.group_by("source", "group").agg(start=pl.col("captured_at").min(), end=pl.col("captured_at").max())
