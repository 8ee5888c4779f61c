"""Why an image matters: what the events of a day say of it."""

import polars as pl

from autoretrain_assets.config.settings import Mining

REASONS = ("operator", "uncertain", "flicker")
"""Each is a column of `signals` and a name in the table's `reasons`."""

_FRAME = ["source", "captured_at", "sha256", "model_version", "predictions"]
_CORNERS = ["x1", "y1", "x2", "y2"]


def signals(raw: pl.LazyFrame, settings: Mining) -> pl.LazyFrame:
    """One row an event of schema.RAW_FEEDBACK: event_id, a score in 0..1 for each of REASONS, and `reasons`.

    A score is null where its reason does not hold; `reasons` lists the others, sorted. The scores:

    - `operator`: 1 where there is any verdict.
    - `uncertain`: a box whose confidence c lies in [uncertain_low, uncertain_high] is ambiguous by
      a = 1 - |c - middle| / half the width, and the score is 1 - product(1 - a / 2). One box in the middle gives
      0.5, a second 0.75: more of them count for more, and never for as much as a person's word.
    - `flicker`: the highest confidence of a box that is at least flicker_confidence sure and has no box of its class
      that overlaps it by flicker_iou in the source's frame just before or after, if that is at most
      flicker_seconds away and of the same model. Both frames get the score, for either may be the wrong one.
    """
    scores = raw.select(
        "event_id",
        "sha256",
        operator=pl.when(pl.col("verdicts").list.len() > 0).then(1.0),
        uncertain=_uncertain(settings),
    )
    joined = scores.join(_flicker(raw, settings), on="sha256", how="left", maintain_order="left")
    holding = [pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in sorted(REASONS)]
    return joined.select("event_id", *REASONS, reasons=pl.concat_list(holding).list.drop_nulls())


def _uncertain(settings: Mining) -> pl.Expr:
    low, high = settings.uncertain_low, settings.uncertain_high
    confidence = pl.element().struct.field("confidence")
    ambiguity = 1 - (confidence - (low + high) / 2).abs() / ((high - low) / 2)
    # At the ends of the band rounding can bring an ambiguity just below 0.
    doubt = (1 - ambiguity.clip(0, 1) / 2).filter(confidence.is_between(low, high))
    left = pl.col("predictions").list.eval(doubt)
    sure = left.list.eval(pl.element().product()).list.first()
    return pl.when(left.list.len() > 0).then(1 - sure)


def _flicker(raw: pl.LazyFrame, settings: Mining) -> pl.LazyFrame:
    """Images (sha256) that flicker, with their score."""
    frames = raw.sort("captured_at", "event_id").unique("sha256", keep="last", maintain_order=True).select(_FRAME)
    pairs = _neighbours(frames, settings.flicker_seconds)
    boxes = _boxes(frames)
    vanished = (
        boxes.filter(pl.col("confidence") >= settings.flicker_confidence)
        .join(pairs, on="sha256")
        .join(boxes, left_on=["neighbour", "label"], right_on=["sha256", "label"], how="left", suffix="_other")
        .group_by("box", "sha256", "neighbour", "confidence")
        .agg(overlap=_iou().max().fill_null(-1.0))
        .filter(pl.col("overlap") < settings.flicker_iou)
    )
    shown = vanished.select("sha256", "confidence")
    lacking = vanished.select("confidence", sha256="neighbour").select("sha256", "confidence")
    return pl.concat([shown, lacking]).group_by("sha256").agg(flicker=pl.col("confidence").max().clip(0, 1))


def _neighbours(frames: pl.LazyFrame, seconds: float) -> pl.LazyFrame:
    """Pairs (sha256, neighbour), each both ways, of frames that follow each other."""
    following = [pl.col(name).shift(-1).over("source") for name in ("sha256", "captured_at", "model_version")]
    neighbour, later, model = following
    near = later - pl.col("captured_at") <= pl.duration(microseconds=round(seconds * 1_000_000))
    pairs = (
        frames.sort("source", "captured_at", "sha256")
        .select("sha256", neighbour=neighbour, near=near & model.eq_missing(pl.col("model_version")))
        .filter("near")
        .select("sha256", "neighbour")
    )
    return pl.concat([pairs, pairs.select(sha256="neighbour", neighbour="sha256")])


def _boxes(frames: pl.LazyFrame) -> pl.LazyFrame:
    return (
        frames.select("sha256", "predictions")
        .explode("predictions")
        .drop_nulls("predictions")
        .select("sha256", pl.col("predictions").struct.unnest())
        .select("sha256", "label", "confidence", *_CORNERS)
        .with_row_index("box")
    )


def _iou() -> pl.Expr:
    """Intersection over union with the joined `_other` box, as boxes.iou has it; null where none was joined."""

    def side(axis: str) -> pl.Expr:
        low = pl.max_horizontal(f"{axis}1", f"{axis}1_other")
        return (pl.min_horizontal(f"{axis}2", f"{axis}2_other") - low).clip(lower_bound=0)

    def area(suffix: str) -> pl.Expr:
        width = pl.col(f"x2{suffix}") - pl.col(f"x1{suffix}")
        height = pl.col(f"y2{suffix}") - pl.col(f"y1{suffix}")
        return width.clip(lower_bound=0) * height.clip(lower_bound=0)

    overlap = side("x") * side("y")
    union = area("") + area("_other") - overlap
    return pl.when(union > 0).then(overlap / union).when(union == 0).then(0.0)
