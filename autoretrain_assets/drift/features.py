"""What a day is compared by: a few numbers an image."""

from collections.abc import Sequence

import polars as pl

MEASURED = ("brightness", "contrast", "sharpness")
"""Features of the pixels, as images.measure has them."""


def features(
    frames: pl.DataFrame | pl.LazyFrame, boxes: str, classes: Sequence[str], confidence: float
) -> pl.DataFrame:
    """One row an image, never a box: a crowded image weighs no more than an empty one.

    `frames` has the columns of schema.FRAME and, in the column that `boxes` names, a model's predictions. The
    columns that come back: sha256, source, MEASURED, `detections` (boxes at or above `confidence`),
    `mean_confidence` of these and, for each class, `share:CLASS` of these; the last two are null where the
    image has no detection. An image that stands in several rows counts once, as its first row has it.

    Both sides of a comparison must hold the boxes of one model down to `confidence`, or they differ by what was
    cut off. The lower it is, the sooner a fading model shows: its boxes sink below a high threshold unseen.
    A box without confidence, drawn by a person, is a detection without a say in the mean.
    """
    images = frames.lazy().unique("sha256", keep="first", maintain_order=True)
    certain = (
        images.select("sha256", _box=boxes)
        .explode("_box")
        .drop_nulls("_box")
        .select("sha256", pl.col("_box").struct.unnest())
        .filter((pl.col("confidence") >= confidence) | pl.col("confidence").is_null())
    )
    shares = [(pl.col("label") == name).cast(pl.Float64).mean().alias(f"share:{name}") for name in classes]
    counted = certain.group_by("sha256").agg(
        *shares, detections=pl.len().cast(pl.Float64), mean_confidence=pl.col("confidence").mean()
    )
    columns = ["detections", "mean_confidence", *(f"share:{name}" for name in classes)]
    return (
        images.select("sha256", "source", *MEASURED)
        .join(counted, on="sha256", how="left", maintain_order="left")
        .select("sha256", "source", *MEASURED, *columns)
        .with_columns(pl.col("detections").fill_null(0.0))
        .collect()
    )
