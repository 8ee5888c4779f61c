"""Which finished labels a model can learn from: their boxes, their classes, and at last their images."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from autoretrain_assets import schema
from autoretrain_assets.boxes import Box
from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.errors import InputError
from autoretrain_assets.image_files import without_trailer
from autoretrain_assets.images import measure
from autoretrain_assets.labeling.base import Answers
from autoretrain_assets.labeling.cvat.existing.left_out import Kind, LeftOut
from autoretrain_assets.labeling.cvat.existing.reading import Labelled
from autoretrain_assets.labeling.review import review

_COLUMNS: schema.Columns = {"sha256": pl.String, "width": pl.Int32, "height": pl.Int32, "boxes": schema.BOXES}


def by_boxes(found: Sequence[Labelled], classes: Sequence[str], settings: Labeling) -> Iterable[Labelled | LeftOut]:
    """Each image with its boxes clipped, as those of the loop's own tasks are reviewed, or why it is left out."""
    rows = [
        {"sha256": one.where, "width": one.width, "height": one.height, "boxes": [box.as_row() for box in one.boxes]}
        for one in found
    ]
    nobody = {"annotator": pl.lit(None), "finished_at": pl.lit(None)}  # who said it and when is no matter here
    table = pl.DataFrame(rows, schema=_COLUMNS).with_columns(**nobody)
    proposing = settings.model_copy(update={"proposed_classes": True})
    reviewed = review(Answers(table), table, classes, proposing)
    clipped = dict(reviewed.accepted.select("sha256", "boxes").iter_rows())
    for one in found:
        if one.where in clipped:
            boxes = tuple(Box(**box) for box in clipped[one.where] if box["label"] not in settings.refused_classes)
            yield _known(replace(one, boxes=boxes), classes)
        else:
            yield LeftOut(Kind.WRONG, one.where, reviewed.rejected[one.where])


def _known(image: Labelled, classes: Sequence[str]) -> Labelled | LeftOut:
    strange = frozenset(box.label for box in image.boxes) - {*classes}
    return LeftOut(Kind.UNKNOWN, image.where, ", ".join(sorted(strange)), strange) if strange else image


def by_file(image: Labelled, path: Path | LeftOut, max_pixels: int) -> Labelled | LeftOut:
    """The image, or why its file is none to learn from: it must be whole, and have the pixels that people saw."""
    if isinstance(path, LeftOut):
        return path
    try:
        facts = measure(without_trailer(path.read_bytes()), max_pixels, "it")
    except InputError as error:
        return LeftOut(Kind.UNUSABLE, image.where, str(error))
    if (facts.width, facts.height) == (image.width, image.height):
        return image
    why = f"it has {facts.width} x {facts.height} pixels, people saw {image.width} x {image.height}"
    return LeftOut(Kind.UNUSABLE, image.where, why)
