"""The labelled data that an owner's model was trained on, as the first images of a home."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from autoretrain_assets.dataset.coco_import import read_coco
from autoretrain_assets.dataset.labelled import Labelled
from autoretrain_assets.dataset.splits import TEST, TRAIN
from autoretrain_assets.dataset.voc_import import read_voc
from autoretrain_assets.dataset.yolo_import import read_labels, read_yolo
from autoretrain_assets.errors import InputError


def owners_data(data: Path, classes: Sequence[str] = (), images: Path | None = None) -> tuple[list[str], pl.DataFrame]:
    """The classes and images of an owner's data: a YOLO data.yaml, a COCO .json, or a Pascal VOC folder.

    `classes` are the model's: the names of the latter two are held against them, as their numbers say nothing of
    its order. `images` is the folder of a COCO file's images, where they do not lie beside it. What was held out is
    the sealed test, for the owner's model was trained on the rest; where nothing was, the split is by hash. A file
    does not say when it was taken: the images count as scenes of their own, an hour apart. Raises InputError.
    """
    if not data.exists():
        raise InputError(f"{data} does not exist: name a YOLO data.yaml, a COCO .json or a Pascal VOC folder.")
    found = _read(data, classes, images)
    return list(found.classes), as_first_images(found, str(data))


def as_first_images(found: Labelled, name: str) -> pl.DataFrame:
    """The images of a data set called `name` as a home's first; raises InputError where there is none."""
    table = found.images.sort("path")
    if table.is_empty():
        raise InputError(f"{name}: it names no image.")
    paths = [Path(path) for path in table["path"]]
    # by its folders too: a split's images are often numbered from 1, as those of the other are
    root = os.path.commonpath([path.parent for path in paths])
    start = datetime(1970, 1, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=number) for number in range(len(paths))]
    held_out = found.held_out
    split = [(TEST if str(path) in held_out else TRAIN) if held_out else None for path in paths]
    return table.with_columns(
        source=pl.lit("import"),
        domain=pl.lit(None, dtype=pl.String),
        captured_at=pl.Series(hours, dtype=pl.Datetime("us", "UTC")),
        group=pl.Series([f"import/{path.relative_to(root)}" for path in paths], dtype=pl.String),
        split=pl.Series(split, dtype=pl.String),
    )


def _read(data: Path, classes: Sequence[str], images: Path | None) -> Labelled:
    if data.is_dir():
        return read_voc(data, images, classes)
    if data.suffix.lower() == ".json":
        return read_coco(data, images, classes)
    if images is not None:
        raise InputError(f"--images is for COCO and Pascal VOC: {data} names its images itself.")
    names, splits = read_yolo(data)
    held_out = frozenset(str(path) for name in ("val", "test") for path in splits.get(name, []))
    paths = sorted({path for group in splits.values() for path in group})
    return Labelled(names, read_labels(paths, names), held_out)
