"""Whether a version is of use: asked before it is tagged, for what is tagged waits for its decision for ever."""

from collections.abc import Sequence

import polars as pl

from autoretrain_assets.dataset.splits import TEST, TRAIN
from autoretrain_assets.errors import InputError


def verify_named(manifest: pl.DataFrame, version: str, classes: Sequence[str]) -> None:
    """Raise InputError where an image of the coming `version` has a label that is none of the classes any more."""
    boxes = manifest.select("sha256", "boxes").explode("boxes").drop_nulls("boxes").unnest("boxes")
    lost = boxes.filter(~pl.col("label").is_in(list(classes)))
    if not lost.is_empty():
        raise InputError(
            f"{version} cannot be made: {lost['sha256'].n_unique()} of its images are labelled as "
            f"{', '.join(sorted(lost['label'].unique()))}, and dataset.classes names {', '.join(classes)}: "
            "name the classes again as they were, or correct the labels in their tasks."
        )


def verify_usable(manifest: pl.DataFrame, version: str, trained: pl.Series | None, corrected: pl.Series) -> None:
    """Raise InputError where no training could learn from the coming `version`, or nothing could measure it.

    `trained` holds the sha256 of the images that the production model was trained on as they are labelled now
    (None: there is no such model), `corrected` those whose labels changed since the version before.
    """
    new = manifest.filter((pl.col("since") == version) | pl.col("sha256").is_in(corrected.implode()))
    train = manifest.filter(pl.col("split") == TRAIN)
    if not new.is_empty() and (new["split"] == TEST).all():
        raise InputError(
            f"{version} cannot be trained: all {new.height} new images fall into the test split: label more scenes."
        )
    if trained is not None and train["sha256"].is_in(trained.implode()).all():
        raise InputError(
            f"{version} cannot be trained: it has no image that the model in production was not trained on: "
            "label more scenes."
        )
    if (manifest["split"] == TRAIN).all():
        raise InputError(
            f"{version} cannot be measured: it has no test image: label more scenes, or set dataset.test_share higher."
        )
