"""Drawing by lot, so that the same names and seed always give the same draw."""

import numpy as np
import polars as pl


def lots(names: pl.Series, seed: int) -> pl.Series:
    """A number for each name that depends on it and the seed alone, whatever other names there are.

    FNV-1a over the first 64 letters, then the finalizer of splitmix64 (Steele, Lea and Flood 2014): polars' own
    hash may change between its versions, and Python's is salted.
    """
    letters = np.array(names.to_list(), dtype="U64").view(np.uint32).reshape(len(names), 64)
    state = np.full(len(names), (0xCBF29CE484222325 + seed * 0x9E3779B97F4A7C15) % 2**64, dtype=np.uint64)
    for column in letters.T:
        state = (state ^ column) * np.uint64(0x100000001B3)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return pl.Series("lot", state ^ (state >> np.uint64(31)), dtype=pl.UInt64)
