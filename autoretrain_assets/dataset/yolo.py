"""A checkout that ultralytics reads: links to the images, a label file each, and data.yaml.

It is private to one training: ultralytics writes caches beside the labels, and would take a cache
that lies there for its own.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from autoretrain_assets.boxes import to_yolo
from autoretrain_assets.files import link_or_copy, write_text


def checkout(images: pl.DataFrame, frames: Mapping[str, Path], classes: Sequence[str], target: Path) -> Path:
    """Lay `images` (sha256, width, height, boxes) below `target`, replacing what was there; returns data.yaml.

    `frames` maps a sha256 to its image file. Validation is off in training, so `val` names one image only.
    """
    shutil.rmtree(target, ignore_errors=True)
    names = {sha256: f"{sha256}{frames[sha256].suffix}" for sha256 in images["sha256"]}
    for sha256, name in names.items():
        link_or_copy(frames[sha256], target / "images" / name)
    labels = label_files(images, classes)
    (target / "labels").mkdir(parents=True, exist_ok=True)
    for sha256, text in labels.items():
        (target / "labels" / f"{sha256}.txt").write_text(text)
    paths = [str(target / "images" / name) for name in names.values()]
    write_text(target / "train.txt", "\n".join(paths) + "\n")
    write_text(target / "val.txt", "\n".join(paths[:1]) + "\n")
    return write_data_yaml(target / "data.yaml", classes)


def write_data_yaml(path: Path, classes: Sequence[str]) -> Path:
    """Write the data.yaml of a checkout; JSON strings are YAML strings, whatever a class is called."""
    lines = ["train: train.txt", "val: val.txt", f"path: {json.dumps(str(path.parent))}", "names:"]
    lines += [f"  {index}: {json.dumps(name)}" for index, name in enumerate(classes)]
    write_text(path, "\n".join(lines) + "\n")
    return path


def label_files(images: pl.DataFrame, classes: Sequence[str]) -> dict[str, str]:
    """The YOLO label text of every image, by sha256: class index and normalised centre box a line."""
    empty = dict.fromkeys(images["sha256"], "")
    exploded = images.select("sha256", "width", "height", "boxes").explode("boxes").drop_nulls("boxes")
    flat = exploded.unnest("boxes")
    if flat.is_empty():
        return empty
    size = flat.select("width", "height").to_numpy().astype(np.float64)
    normalised = to_yolo(flat.select("x1", "y1", "x2", "y2").to_numpy() / np.hstack([size, size]), 1, 1)
    index = flat["label"].replace_strict(list(classes), list(range(len(classes))), return_dtype=pl.Int64)
    table = pl.DataFrame(normalised.clip(0, 1).round(6), schema=["cx", "cy", "w", "h"]).with_columns(
        flat["sha256"], index.alias("index")
    )
    texts = (
        table.select("sha256", line=pl.concat_str("index", "cx", "cy", "w", "h", separator=" "))
        .group_by("sha256", maintain_order=True)
        .agg(text=pl.col("line").str.join("\n"))
    )
    return empty | {sha256: text + "\n" for sha256, text in texts.iter_rows()}
