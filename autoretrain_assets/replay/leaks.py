"""What would make the outside measure untrue: images that a model can know from its training."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

from autoretrain_assets.config import Settings
from autoretrain_assets.errors import InputError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.images import measure
from autoretrain_assets.scenes import Hashes, near_duplicates

TRAIN, OUTSIDE = "train", "val"
"""The splits of a domains.csv: what the loop may see, and what it never sees."""


def refuse(images: pl.DataFrame, path: Path) -> None:
    """Raise InputError where the list at `path` has an image twice, a torn group, or a file in both splits."""
    twice = images.filter(pl.col("path").is_duplicated())["path"]
    if len(twice):
        raise InputError(f"{path}: {twice[0]} has more than one line; leave one.")
    for column in ("split", "domain"):
        torn = images.group_by("group").agg(pl.col(column).unique().sort()).filter(pl.col(column).list.len() > 1)
        if not torn.is_empty():
            group, values = torn.sort("group").select("group", column).row(0)
            raise InputError(
                f"{path}: the group {group!r} has more than one {column} ({', '.join(values)}): a group is one scene "
                "and stays whole. Move its images together, or name the groups apart where they are different scenes."
            )
    _refuse_copies(images, path)


def look_alikes(trained: pl.DataFrame, outside: pl.DataFrame, settings: Settings) -> int:
    """How many images of `outside` are near-duplicates of one of `trained`: a fixed camera gives many.

    About 10 ms an image of 640 x 512 pixels on one core. Raises InputError where an image is broken or too large.
    """
    distance = settings.scenes.near_duplicate_distance
    pairs = near_duplicates(_hashes(outside, settings), _hashes(trained, settings), distance)
    return len(np.unique(pairs[:, 0]))


def _refuse_copies(images: pl.DataFrame, path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        sha256 = pl.Series("sha256", pool.map(sha256_of, map(Path, images["path"])), dtype=pl.String)
    files = images.select("path", "split", sha256)
    copies = files.filter(pl.col("split") == TRAIN).join(files.filter(pl.col("split") == OUTSIDE), on="sha256")
    if not copies.is_empty():
        trained, unseen = copies.sort("path", "path_right").select("path", "path_right").row(0)
        raise InputError(
            f"{path}: the {OUTSIDE} image {unseen} is the {TRAIN} image {trained} again: leave one of them out, "
            "for no model may be measured on what it was trained on."
        )


def _hashes(images: pl.DataFrame, settings: Settings) -> Hashes:
    limit = settings.feedback.max_image_pixels
    with ThreadPoolExecutor() as pool:
        facts = pool.map(lambda path: measure(Path(path).read_bytes(), limit, path), images["path"])
        return np.array([one.phash for one in facts], dtype=np.uint64)
