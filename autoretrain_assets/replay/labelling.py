"""A day of labelling: the simulated annotator answers every open task from the ground truth."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.image_files import without_trailer
from autoretrain_assets.labeling.base import Task, uncollected
from autoretrain_assets.labeling.folder import FolderBackend
from autoretrain_assets.replay.annotator import AnnotatorSettings, Truth, answer

ANNOTATOR = "simulated annotator"


def answer_tasks(home: Home, day: date, images: pl.DataFrame, settings: AnnotatorSettings) -> int:
    """Answer and finish the day's open tasks through the files that a person would edit; returns how many images."""
    if not isinstance(home.labeling, FolderBackend):
        raise InputError("a replay labels in folders: set labeling.backend to folder.")
    finished_at = datetime.combine(day, time(), UTC) + timedelta(days=1)
    answered = 0
    truth = _truth(images)
    for row in uncollected(home.cvat_tasks.read(day), home.annotations.read(day)).iter_rows(named=True):
        if home.labeling.progress(Task.of(row)).finished:
            continue
        asked = {sha256: truth[sha256] for sha256 in row["images"]}
        home.labeling.write_answers(row["key"], answer(asked, settings, home.classes, home.settings.seed))
        home.labeling.finish(row["key"], ANNOTATOR, finished_at)
        answered += len(asked)
    return answered


def _truth(images: pl.DataFrame) -> dict[str, Truth]:
    """What stands in each image, by the sha256 under which intake kept it."""
    rows = images.select("path", "width", "height", "boxes").iter_rows(named=True)
    return {
        hashlib.sha256(without_trailer(Path(row["path"]).read_bytes())).hexdigest(): Truth(
            row["width"], row["height"], [Box(**box) for box in row["boxes"]]
        )
        for row in rows
    }
