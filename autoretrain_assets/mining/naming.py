"""Names of scenes that hold from day to day, and however late an event comes."""

from datetime import date

import polars as pl

from autoretrain_assets.scenes import group_by_time
from autoretrain_assets.schema import UTC_TIME, Columns

BESIDE: Columns = {"sha256": pl.String, "source": pl.String, "captured_at": UTC_TIME, "group": pl.String}
"""An image that shares scenes with a day's; `group` is null where it is in no task."""


def named(images: pl.DataFrame, beside: pl.DataFrame, gap_seconds: float) -> pl.DataFrame:
    """`images` with `group`, the name of their scene among themselves and `beside` (BESIDE).

    A scene in which something is in a task goes by the name that it has there, the smallest where it has
    several: an event that comes late to its start does not rename it.
    """
    others = beside.select("sha256", "source", "captured_at", _given="group", _own=pl.lit(value=False))
    everything = pl.concat([images.with_columns(_own=pl.lit(value=True)), others], how="diagonal")
    return (
        group_by_time(everything, gap_seconds)
        .with_columns(group=pl.coalesce(pl.col("_given").min().over("group"), "group"))
        .filter("_own")
        .drop("_own", "_given")
    )


def began_since(day: date) -> pl.Expr:
    """Whether `group` names a scene of the row's `source` that began on that day or later."""
    return pl.col("group") >= pl.format(f"{{}}/{day:%Y%m%d}", "source")
