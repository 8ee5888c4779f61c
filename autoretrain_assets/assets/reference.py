"""What drift is held against when a model serves: its own detections on a fair sample of the traffic that it knows.

A regime is what entered with one version: what the model knows is not one crowd but several. The labelled images
of a regime do not stand for its traffic, for they were chosen because they are hard; nor does what training left.
"""

import io

import polars as pl

from autoretrain_assets.dataset.splits import TEST, TRAIN, assign
from autoretrain_assets.drift.features import features
from autoretrain_assets.home import Home
from autoretrain_assets.mining.lots import lots
from autoretrain_assets.mining.selection import MINED
from autoretrain_assets.scenes import group_by_time, join_known
from autoretrain_assets.schema import FRAME

NAME = "reference.parquet"


def sample(place: Home, manifest: pl.DataFrame) -> pl.DataFrame:
    """The images of the reference, regime by regime: the columns of schema.FRAME, and `regime`.

    They are the images of the events that drift looks at, of the days that a version's images were captured on,
    less what the model was trained on, and of a source with drift.min_images of them in sealed scenes only these.
    Where all are fewer than drift.min_images, the regime's test images stand in: those that were not chosen for
    being hard if they are enough, else all.
    """
    regimes = manifest.sort("since").partition_by("since", maintain_order=True)
    parts = [
        _regime(place, regime, manifest).select(*FRAME, regime=pl.lit(regime["since"][0], pl.String))
        for regime in regimes
    ]
    return pl.concat(parts)


def as_file(place: Home, images: pl.DataFrame, predictions: pl.DataFrame) -> bytes:
    """The reference as Parquet: drift's features of each image of `sample`, with the model's own predictions."""
    confidence = place.settings.evaluation.operating_confidence
    measured = features(images.join(predictions, on="sha256"), "boxes", place.classes, confidence)
    rows = images.select("sha256", "regime").join(measured, on="sha256", maintain_order="left")
    buffer = io.BytesIO()
    rows.select(*measured.columns, "regime").write_parquet(buffer)
    return buffer.getvalue()


def _regime(place: Home, regime: pl.DataFrame, manifest: pl.DataFrame) -> pl.DataFrame:
    test = regime.filter(pl.col("split") == TEST)
    fairest_first = [_traffic(place, regime, manifest), test.filter(pl.col("arm") != MINED), test]
    least = place.settings.drift.min_images
    chosen = next((images for images in fairest_first if images.height >= least), test)
    return _some(chosen, place.settings.drift.reference_images, place.settings.seed)


def _traffic(place: Home, regime: pl.DataFrame, manifest: pl.DataFrame) -> pl.DataFrame:
    """The distinct images that events of drift's triggers reported on the days of the regime, none trained on or gone.

    Training takes the hard images out of its scenes: a source with enough others in sealed scenes is sampled there.
    """
    days = regime["captured_at"].dt.date().unique().sort()
    events = pl.concat([place.raw_feedback.read(day) for day in days])
    trained_on = manifest.filter(pl.col("split") == TRAIN)
    fair = _distinct(events.filter(pl.col("trigger").is_in(list(place.settings.drift.triggers)))).join(
        trained_on, on="sha256", how="anti", maintain_order="left"
    )
    sealed = pl.col("sha256").is_in(_sealed(place, events, manifest).implode())
    fair = fair.filter(pl.col("sha256").is_in(_still_there(place, fair).implode()))
    return fair.filter(sealed | (sealed.sum().over("source") < place.settings.drift.min_images))


def _sealed(place: Home, events: pl.DataFrame, manifest: pl.DataFrame) -> pl.Series:
    """The images of scenes that are, or would be, for testing."""
    gap = place.settings.scenes.gap_seconds
    scenes = join_known(group_by_time(_distinct(events).select(*FRAME), gap), manifest, gap)
    return assign(scenes.filter(~pl.col("torn")), place.settings.dataset.test_share).filter(split=TEST)["sha256"]


def _still_there(place: Home, images: pl.DataFrame) -> pl.Series:
    """Of traffic the version store has no copy: what the home lost of it stands for nothing any more."""
    found = [sha256 for sha256 in images["sha256"] if place.frames.find(sha256) is not None]
    return pl.Series("sha256", found, dtype=pl.String)


def _distinct(events: pl.DataFrame) -> pl.DataFrame:
    return events.unique("sha256", keep="first", maintain_order=True)


def _some(images: pl.DataFrame, count: int, seed: int) -> pl.DataFrame:
    """At most `count` of the images by lot, in turn of each source: a busy one leaves the others their part."""
    drawn = images.with_columns(_lot=lots(images["sha256"], seed)).sort("_lot", "sha256")
    turn = pl.int_range(pl.len()).over("source")
    return drawn.with_columns(_turn=turn).sort("_turn", "_lot", "sha256").head(count)
