"""The tables' columns and types, each named once.

Times are UTC. A day is the UTC day of `captured_at`. Images are named by the sha256 of their bytes.
"""

import polars as pl

UTC_TIME = pl.Datetime("us", "UTC")

BOX = pl.Struct(
    {
        "label": pl.String,
        "x1": pl.Float64,
        "y1": pl.Float64,
        "x2": pl.Float64,
        "y2": pl.Float64,
        "confidence": pl.Float64,
    }
)
BOXES = pl.List(BOX)

VERDICT = pl.Struct(
    {
        "kind": pl.String,
        "label": pl.String,
        "x1": pl.Float64,
        "y1": pl.Float64,
        "x2": pl.Float64,
        "y2": pl.Float64,
    }
)

Columns = dict[str, pl.DataType | type[pl.DataType]]

FRAME: Columns = {
    "sha256": pl.String,
    "width": pl.Int32,
    "height": pl.Int32,
    "captured_at": UTC_TIME,
    "source": pl.String,
    "domain": pl.String,
    "phash": pl.UInt64,
    "brightness": pl.Float64,
    "contrast": pl.Float64,
    "sharpness": pl.Float64,
}
"""What every table knows of an image. `domain` is the producer's own word for where or when (or null)."""

RAW_FEEDBACK: Columns = FRAME | {
    "event_id": pl.String,
    "model_version": pl.String,
    "trigger": pl.String,
    "probability": pl.Float64,
    "predictions": BOXES,
    "verdicts": pl.List(VERDICT),
}

MINED_SAMPLES: Columns = FRAME | {
    "event_ids": pl.List(pl.String),
    "model_version": pl.String,
    "predictions": BOXES,
    "reasons": pl.List(pl.String),
    "score": pl.Float64,
    "arm": pl.String,
    "group": pl.String,
}

CVAT_TASKS: Columns = {
    "key": pl.String,
    "task_id": pl.String,
    "url": pl.String,
    "state": pl.String,
    "opened_at": UTC_TIME,
    "images": pl.List(pl.String),
}
"""`state` is `opening` before the backend was asked and `open` once it answered."""

ANSWERS: Columns = {
    "sha256": pl.String,
    "boxes": BOXES,
    "annotator": pl.String,
    "finished_at": UTC_TIME,
    "job": pl.String,
    "seconds": pl.Float64,
    "quality": pl.Float64,
}
"""What a labelling backend hands back: one row an image, an empty list where there is nothing to see.

`job` is the backend's word for the piece of work that the answer came with, `seconds` how long people were at it,
`quality` (0..1) how far the job agreed with known answers; each is null where the backend cannot tell.
"""

ANNOTATIONS: Columns = FRAME | {
    "group": pl.String,
    "event_ids": pl.List(pl.String),
    "reasons": pl.List(pl.String),
    "arm": pl.String,
    "task_key": pl.String,
    "boxes": BOXES,
    "annotator": pl.String,
    "finished_at": UTC_TIME,
    "job": pl.String,
    "seconds": pl.Float64,
    "quality": pl.Float64,
}

MANIFEST: Columns = FRAME | {
    "split": pl.String,
    "group": pl.String,
    "slices": pl.List(pl.String),
    "event_ids": pl.List(pl.String),
    "arm": pl.String,
    "annotator": pl.String,
    "boxes": BOXES,
    "boxes_hash": pl.String,
    "since": pl.String,
}
"""One image of a dataset version; `since` is the version that first had it."""

PREDICTIONS: Columns = {"sha256": pl.String, "boxes": BOXES}

METRICS: Columns = {
    "model": pl.String,
    "slice": pl.String,
    "label": pl.String,
    "images": pl.Int64,
    "boxes": pl.Int64,
    "map50": pl.Float64,
    "map50_95": pl.Float64,
    "false_positives_per_image": pl.Float64,
}
"""One model on one slice; `label` is a class, or null for all of them. Figures are null where undefined."""

DRIFT: Columns = {
    "source": pl.String,
    "feature": pl.String,
    "images": pl.Int64,
    "reference_images": pl.Int64,
    "mean": pl.Float64,
    "reference_mean": pl.Float64,
    "statistic": pl.Float64,
    "p_value": pl.Float64,
    "alarm": pl.Boolean,
    "regime": pl.String,
}
"""One feature of one source on one day, against the nearest regime of the reference."""

LATER = frozenset({"job", "seconds", "quality"})
"""Columns that tables did not have from the start, or that few can fill: where one is missing it is null."""


def later(columns: Columns) -> Columns:
    """Those of `columns` that may be missing."""
    return {name: dtype for name, dtype in columns.items() if name in LATER}


def empty(columns: Columns) -> pl.DataFrame:
    """A table of `columns` without a row."""
    return pl.DataFrame(schema=columns)


def conform(frame: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """`frame` with just `columns`, in their order and of their types.

    Raises where one is missing that is not of LATER, or cannot be cast.
    """
    absent = later(columns).keys() - set(frame.columns)
    filled = frame.with_columns(pl.lit(None).alias(name) for name in absent)
    return filled.select(pl.col(name).cast(dtype) for name, dtype in columns.items())
