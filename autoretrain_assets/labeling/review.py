"""Is the answer good enough to be trained on? Pure: answers and samples in, accepted and rejected out."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from autoretrain_assets import schema
from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.labeling.base import Answers

_CORNERS = ("x1", "y1", "x2", "y2")
_ROUNDING = 1e-6
"""Pixels by which decimal coordinates may miss a bound for being floats."""
_NAME = r"^[\p{L}\p{N}]([\p{L}\p{M}\p{N} ._/:()+&'-]{0,62}[\p{L}\p{M}\p{N}._()+-])?$"
"""What a proposed class may be called: it is shown on pages, and written into settings."""


@dataclass(frozen=True, slots=True)
class Review:
    """`accepted` is a table of schema.ANSWERS, its boxes clipped; `rejected` maps an image to what is wrong with it.

    All or nothing: while one image of a task is rejected the task is re-opened, and its accepted images
    wait with it, for the person who mends one image may mend others too. Where jobs are collected one by one, it is
    so for each of them.
    """

    accepted: pl.DataFrame
    rejected: dict[str, str]

    @property
    def passed(self) -> bool:
        """Whether the whole task is good enough."""
        return not self.rejected

    @property
    def of_whole_task(self) -> pl.DataFrame:
        """What may be kept of it: all, or nothing."""
        return self.accepted if self.passed else self.accepted.clear()

    def of_whole_jobs(self, answers: Answers) -> pl.DataFrame:
        """What may be kept of it, job by job; nothing where what is wrong belongs to no job."""
        job_of = {**dict(answers.table.select("sha256", "job").iter_rows()), **answers.jobs}
        back = {job_of.get(name) for name in self.rejected}
        return self.accepted.clear() if None in back else self.accepted.filter(~pl.col("job").is_in(list(back)))


def review(answers: Answers, samples: pl.DataFrame, classes: Sequence[str], settings: Labeling) -> Review:
    """Hold the answers against what was asked: `samples` has sha256, width, height in pixels, one row an image.

    Every sample must have one readable answer; an empty one is an answer. Boxes may stick out of the image
    by `box_tolerance_px` and are clipped to it; clipped, their sides must be at least `min_box_px`; their
    class must be one of `classes`, a refused one, or a new one where `proposed_classes` allows it. A box that is
    wrong rejects its image, not the box alone; so does a quality below `min_quality`.
    """
    asked = samples.select(pl.col("sha256"), pl.col("width", "height").cast(pl.Float64)).unique()
    table = schema.conform(answers.table, schema.ANSWERS)
    boxes = _boxes(table.join(asked, on="sha256"))
    faults = [_miscounted(table, asked, answers), _bad_boxes(boxes, classes, settings), _poor(table, settings)]
    reasons = pl.concat([_problems(answers), *faults])
    rejected = (
        reasons.unique(maintain_order=True).group_by("sha256").agg(pl.col("reason").str.join("; ")).sort("sha256")
    )
    good = table.join(rejected, on="sha256", how="anti", maintain_order="left")
    return Review(_clipped(good, boxes), dict(rejected.iter_rows()))


def _boxes(table: pl.DataFrame) -> pl.DataFrame:
    """One row a box, with its image's width and height, and its corners inside the image as clipped_x1 and so on."""
    sides = {"x1": "width", "y1": "height", "x2": "width", "y2": "height"}
    return (
        table.select("sha256", "width", "height", "boxes")
        .filter(pl.col("boxes").list.len() > 0)
        .explode("boxes")
        .unnest("boxes")
        .with_columns(pl.col(corner).clip(0, pl.col(side)).alias(f"clipped_{corner}") for corner, side in sides.items())
    )


def _problems(answers: Answers) -> pl.DataFrame:
    columns = {"sha256": list(answers.problems), "reason": list(answers.problems.values())}
    return pl.DataFrame(columns, schema={"sha256": pl.String, "reason": pl.String})


def _miscounted(table: pl.DataFrame, asked: pl.DataFrame, answers: Answers) -> pl.DataFrame:
    """Images that were lost, answered twice, or not asked for."""
    answered = table.filter(pl.col("boxes").is_not_null())
    lost = asked.join(answered, on="sha256", how="anti").filter(~pl.col("sha256").is_in(list(answers.problems)))
    twice = table.filter(pl.col("sha256").is_duplicated())
    foreign = table.join(asked, on="sha256", how="anti")
    told = [
        (lost, "no answer for this image"),
        (twice, "answered more than once: keep one answer"),
        (foreign, "not an image of this task"),
    ]
    return pl.concat(frame.select("sha256", reason=pl.lit(reason)) for frame, reason in told)


def _poor(table: pl.DataFrame, settings: Labeling) -> pl.DataFrame:
    """Answers of jobs that agree too little with known answers; one that was not measured is none."""
    agrees = (pl.col("quality") * 1000 + 1e-9).floor() / 1000  # rounded up it would seem to be enough
    told = pl.format("its job agrees with known answers by {} of 1", agrees)
    asked = pl.lit(f"; at least {settings.min_quality:g} is asked: look at the whole job again")
    return table.filter(pl.col("quality") < settings.min_quality).select("sha256", reason=told + asked)


def _is_unknown(classes: Sequence[str], settings: Labeling) -> pl.Expr:
    """Whether a label is neither a class, nor refused, nor a proposal; a class spelt otherwise is a slip, and none."""
    label = pl.col("label")
    is_slip = label.str.strip_chars().str.to_lowercase().is_in([name.strip().lower() for name in classes])
    is_proposed = label.str.contains(_NAME) & ~is_slip & settings.proposed_classes
    return ~(label.is_in([*classes, *settings.refused_classes]) | is_proposed).fill_null(value=False)


def _bad_boxes(boxes: pl.DataFrame, classes: Sequence[str], settings: Labeling) -> pl.DataFrame:
    tolerance = settings.box_tolerance_px + _ROUNDING
    x1, y1, x2, y2 = (pl.col(corner) for corner in _CORNERS)
    outside = pl.max_horizontal(-x1, -y1, x2 - pl.col("width"), y2 - pl.col("height"))
    side = pl.min_horizontal(pl.col("clipped_x2") - pl.col("clipped_x1"), pl.col("clipped_y2") - pl.col("clipped_y1"))
    fault = (
        pl.when(~pl.all_horizontal(pl.col(corner).is_finite().fill_null(value=False) for corner in _CORNERS))
        .then(pl.lit("has a corner that is no number"))
        .when(_is_unknown(classes, settings))
        .then(pl.lit(f"has an unknown class; known are {', '.join(classes)}"))
        .when((x2 < x1) | (y2 < y1))
        .then(pl.lit("is inverted: its right or lower side comes first"))
        .when(outside > tolerance)
        .then(pl.format("sticks {} px out of the image", outside.round(1)))
        .when((side < settings.min_box_px - _ROUNDING) | (side <= 0))
        .then(pl.lit(f"has a side shorter than {settings.min_box_px:g} px inside the image"))
    )
    place = (pl.col(corner).round(1).cast(pl.String).fill_null("?") for corner in _CORNERS)
    reason = pl.format("box {} at {}, {}, {}, {} {}", pl.col("label").fill_null("?"), *place, fault)
    return boxes.select("sha256", reason=reason).drop_nulls("reason")


def _clipped(good: pl.DataFrame, boxes: pl.DataFrame) -> pl.DataFrame:
    corners = [pl.col(f"clipped_{corner}").alias(corner) for corner in _CORNERS]
    inside = boxes.group_by("sha256", maintain_order=True).agg(
        pl.struct("label", *corners, "confidence").alias("inside")
    )
    return schema.conform(
        good.join(inside, on="sha256", how="left", maintain_order="left").with_columns(
            boxes=pl.coalesce("inside", "boxes")
        ),
        schema.ANSWERS,
    )
