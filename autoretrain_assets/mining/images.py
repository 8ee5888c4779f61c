"""The images of a day, and what today's events say of those that are in a task already."""

import polars as pl

from autoretrain_assets.config.settings import Mining
from autoretrain_assets.mining.signals import REASONS, signals
from autoretrain_assets.schema import FRAME


def images_of(raw: pl.LazyFrame, settings: Mining) -> pl.LazyFrame:
    """One row an image: its frame, its events' reasons and scores, and the newest event's predictions."""
    newest = raw.sort("captured_at", "event_id").unique("sha256", keep="last", maintain_order=True)
    used = [name for name in REASONS if name in settings.reason_shares]
    together = (
        raw.select("event_id", "sha256", "trigger")
        .join(signals(raw, settings), on="event_id")
        .group_by("sha256")
        .agg(
            pl.col(*REASONS).max(),
            event_ids=pl.col("event_id").unique().sort(),
            sent_at_random=(pl.col("trigger") == "random").any(),
            reasons=pl.col("reasons").explode(empty_as_null=True).drop_nulls().unique().sort(),
        )
        .with_columns(score=pl.max_horizontal(pl.lit(0.0), *used))
    )
    return newest.select(*FRAME, "model_version", "predictions").join(together, on="sha256")


def refreshed(kept: pl.DataFrame, images: pl.DataFrame) -> pl.DataFrame:
    """`kept` (schema.MINED_SAMPLES) with the events, reasons and scores of `images`.

    What people label remakest stays: the predictions, and with them their model; so do arm and group.
    """
    return kept.update(images.select("sha256", "event_ids", "reasons", "score"), on="sha256")
