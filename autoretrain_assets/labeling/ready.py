"""Which reviewed answers may go into a dataset version, and what holds the others back. Pure: tables in, tables out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.labeling.again import is_again
from autoretrain_assets.words import floored, many

TOLD = 10
"""Proposed classes that are told one by one."""


@dataclass(frozen=True, slots=True)
class Ready:
    """`rows` is a table of schema.ANNOTATIONS: the newest answer of each image that nothing holds back.

    Boxes of refused classes are left out of it. `proposed` has class, boxes and images, the most boxes first;
    `waiting` the sha256 of the images that carry one. `days` has a row for each day of which a quality was measured:
    day, images, measured (of so many images), quality (their mean), blocked.
    """

    rows: pl.DataFrame
    proposed: pl.DataFrame
    waiting: pl.Series
    days: pl.DataFrame

    @property
    def blocked(self) -> pl.DataFrame:
        """Those of `days` that stay out of dataset versions, oldest first."""
        return self.days.filter("blocked")


def ready(annotations: pl.DataFrame, classes: Sequence[str], settings: Labeling) -> Ready:
    """Hold back the images whose newest answer has a proposed class, and the days whose quality is too low.

    What a second person answered of an image, to see how far both agree, is no label and counts for nothing here.

    An image that is held back is so whatever was answered of it before. A day is the UTC day of capture; one of
    which nothing was measured passes.
    """
    newest = (
        annotations.filter(~is_again())
        .sort("finished_at", "task_key")
        .unique("sha256", keep="last", maintain_order=True)
    )
    boxes = newest.select("sha256", "boxes").explode("boxes").drop_nulls("boxes").unnest("boxes")
    unknown = boxes.filter(~pl.col("label").is_in([*classes, *settings.refused_classes]))
    proposed = unknown.group_by(pl.col("label").alias("class")).agg(boxes=pl.len(), images=pl.col("sha256").n_unique())
    waiting = unknown["sha256"].unique(maintain_order=True)
    days = _days(newest, settings.min_day_quality)
    is_held = pl.col("sha256").is_in(waiting.implode()) | _day().is_in(days.filter("blocked")["day"].implode())
    wanted = ~pl.element().struct.field("label").is_in(settings.refused_classes)
    return Ready(
        rows=newest.filter(~is_held).with_columns(pl.col("boxes").list.filter(wanted)),
        proposed=proposed.sort("boxes", "class", descending=[True, False]),
        waiting=waiting,
        days=days,
    )


def told(found: Ready, settings: Labeling) -> Iterator[str]:
    """A sentence for each thing that holds images back: what, why, and the way out."""
    for name, boxes, images in found.proposed.head(TOLD).iter_rows():
        yield (
            f"proposed class {name}: {many(boxes, 'box', 'boxes')} on {many(images, 'image')} that wait, for the model "
            "does not know it: put it into labeling.refused_classes, and they go on without these boxes; "
            "to train on a new class is not possible yet"
        )
    if (more := found.proposed.height - TOLD) > 0:
        yield f"{many(more, 'more proposed class', 'more proposed classes')}: `autoretrain status --json` has all"
    for row in found.blocked.iter_rows(named=True):
        yield (
            f"blocked day {row['day']}: {many(row['images'], 'image')} left out, for labels agree with known answers "
            f"by {floored(row['quality'])} (on {row['measured']} of them) and labeling.min_day_quality asks for "
            f"{settings.min_day_quality:g}: correct them in their tasks (`autoretrain label list`) and finish "
            "these anew (`autoretrain label done TASK` for a folder), or lower it"
        )


def _day() -> pl.Expr:
    return pl.col("captured_at").dt.date()


def _days(newest: pl.DataFrame, least: float) -> pl.DataFrame:
    quality = pl.col("quality")
    counted = newest.group_by(day=_day()).agg(images=pl.len(), measured=quality.count(), quality=quality.mean())
    return counted.filter(pl.col("measured") > 0).with_columns(blocked=quality < least).sort("day")
