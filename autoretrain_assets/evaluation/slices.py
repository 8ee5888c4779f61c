"""Which slices a test image belongs to. Slices by object size are about boxes, and stand in metrics."""

import polars as pl

ALL, OLD, NEW = "all", "old", "new"


def slice_images(test: pl.DataFrame, known: pl.Series | None) -> pl.DataFrame:
    """One row an image and slice, (sha256, slice): all, old or new, the manifest's own slices, source:, domain:, arm:.

    The arm is how an image came in: `arm:mined` for a reason, `arm:random` by chance and so a fair sample of the
    traffic, on which a gain is measured without bias, or `arm:import` with the first version.
    `known` holds the sha256 of the champion's dataset: an image is `old` when that had it, `new` otherwise;
    without a champion (None) everything is new. `test` is a table of schema.MANIFEST.
    """
    is_old = pl.lit(value=False) if known is None else pl.col("sha256").is_in(known.implode())
    parts = [
        test.select("sha256", slice=pl.lit(ALL)),
        test.select("sha256", slice=pl.when(is_old).then(pl.lit(OLD)).otherwise(pl.lit(NEW))),
        test.select("sha256", slice="slices").explode("slice", empty_as_null=True),
        test.select("sha256", slice=pl.format("source:{}", "source")),
        test.select("sha256", slice=pl.format("domain:{}", "domain")),
        test.select("sha256", slice=pl.format("arm:{}", "arm")),
    ]
    return pl.concat(parts).drop_nulls("slice").unique(maintain_order=True)
