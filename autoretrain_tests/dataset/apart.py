"""What must hold of every manifest, whatever made it: train and test have nothing in common."""

from datetime import timedelta

import polars as pl

from autoretrain_assets.scenes import near_duplicates


def assert_apart(manifest, scenes):
    """No group, no stretch of time of a source and no look is on both sides; `scenes` are the settings."""
    sides = {side: manifest.filter(pl.col("split") == side) for side in ("train", "test")}
    assert not set(sides["train"]["group"]) & set(sides["test"]["group"])
    pairs = sides["train"].join(sides["test"], on="source", suffix="_test")
    apart = (pairs["captured_at"] - pairs["captured_at_test"]).abs()
    assert not (apart <= timedelta(seconds=scenes.gap_seconds)).any()
    hashes = [sides[side]["phash"].to_numpy() for side in ("train", "test")]
    assert not len(near_duplicates(*hashes, scenes.near_duplicate_distance))
