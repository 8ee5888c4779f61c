"""The labelled data that an owner's model was trained on, as the first images of a home."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from autoretrain_assets.dataset.splits import TEST, TRAIN
from autoretrain_assets.dataset.yolo_import import read_labels, read_yolo


def owners_data(data: Path) -> tuple[list[str], pl.DataFrame]:
    """The classes and images of an owner's data.yaml.

    What it calls val or test is the sealed test, for the owner's model was trained on the rest; without either
    the split is by hash. A file does not say when it was taken: the images count as scenes of their own, an hour apart.
    """
    classes, splits = read_yolo(data)
    held_out = {path for name in ("val", "test") for path in splits.get(name, [])}
    paths = sorted({path for group in splits.values() for path in group})
    labels = read_labels(paths, classes)
    # by its folders too: a split's images are often numbered from 1, as those of the other are
    root = os.path.commonpath([path.parent for path in paths])
    start = datetime(1970, 1, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=number) for number in range(len(paths))]
    split = [(TEST if path in held_out else TRAIN) if held_out else None for path in paths]
    return classes, labels.with_columns(
        source=pl.lit("import"),
        domain=pl.lit(None, dtype=pl.String),
        captured_at=pl.Series(hours, dtype=pl.Datetime("us", "UTC")),
        group=pl.Series([f"import/{path.relative_to(root)}" for path in paths], dtype=pl.String),
        split=pl.Series(split, dtype=pl.String),
    )
