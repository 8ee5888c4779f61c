"""The files of a dataset version that follow from its manifest: what ultralytics trains on, as it lies in the store."""

import json
from collections.abc import Mapping, Sequence

import polars as pl

from autoretrain_assets.dataset.splits import TEST, TRAIN
from autoretrain_assets.dataset.yolo import label_files

IMAGES, DATA_YAML = "images/", "data.yaml"
LISTS = {TRAIN: "train.txt", TEST: "test.txt"}
"""Each split's images, a line each; the first versions have none."""


def layout(manifest: pl.DataFrame, classes: Sequence[str], names: Mapping[str, str]) -> dict[str, bytes]:
    """Path to content of data.yaml, the lists and the labels; `names` maps a sha256 to the name of its image."""
    numbered = "".join(f"  {index}: {json.dumps(name)}\n" for index, name in enumerate(classes))
    data = f"train: {LISTS[TRAIN]}\nval: {LISTS[TEST]}\nnames:\n{numbered}"
    lists = {name: _list(manifest.filter(split=split), names) for split, name in LISTS.items()}
    labels = {f"labels/{sha256}.txt": text for sha256, text in label_files(manifest, classes).items()}
    return {path: text.encode() for path, text in ({DATA_YAML: data} | lists | labels).items()}


def image_names(paths: Sequence[str]) -> dict[str, str]:
    """sha256 to the name of its image, of a version's paths."""
    names = (path.removeprefix(IMAGES) for path in paths if path.startswith(IMAGES))
    return {name.partition(".")[0]: name for name in names}


def _list(rows: pl.DataFrame, names: Mapping[str, str]) -> str:
    # ./ is how ultralytics is told that a line is beside the list, wherever that lies.
    return "".join(f"./{IMAGES}{names[sha256]}\n" for sha256 in rows["sha256"])
