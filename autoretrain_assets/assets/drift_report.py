"""drift_report: is the day unlike all that the model was trained on?"""

import io

import dagster as dg
import polars as pl

from autoretrain_assets.assets import reference, showing
from autoretrain_assets.assets.raw_feedback import raw_feedback
from autoretrain_assets.automation.partitions import DAYS, day_of
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.splits import TEST
from autoretrain_assets.drift.detector import alarm, detect, explain
from autoretrain_assets.drift.features import features
from autoretrain_assets.drift.sample import Sample, draw
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.schema import DRIFT, empty
from autoretrain_assets.store import artifacts


@dg.asset(partitions_def=DAYS, group_name="feedback", deps=[raw_feedback], kinds={"polars", "parquet"})
def drift_report(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """A day's images and detections against the reference of the model that made the detections.

    Features are per image, tests are two-sample, and the chance of a false alarm is bounded for the whole day.
    A source is shown beside the version whose traffic it is most like; p is small where they differ.
    """
    place, day = home.open(), day_of(context)
    sample = _sample(place, place.raw_feedback.read(day))
    report = _report(place, sample)
    place.drift_report.write(day, report)
    return dg.MaterializeResult(
        metadata={
            "alarm": alarm(report),
            "why": showing.sentences([*sample.sentences(), *explain(report)]),
            "compared with the reference of": sample.model or "no version yet",
            "events of other models left out": sample.others,
            **_before_and_after(place, sample, report),
            "by source and feature": showing.table(
                report.select(
                    "source",
                    "feature",
                    pl.col("regime").alias("like"),
                    showing.went("reference_mean", "mean").alias("mean"),
                    pl.col("p_value").alias("p"),
                    "alarm",
                )
            ),
        }
    )


def _sample(place: Home, events: pl.DataFrame) -> Sample:
    release = registry.current(place.store)
    return draw(
        events,
        place.settings.drift.triggers,
        release.version if release else None,
        lambda name: reference.NAME in artifacts.names(place.store, name),
    )


def _report(place: Home, sample: Sample) -> pl.DataFrame:
    if sample.model is None:
        return empty(DRIFT)
    known = pl.read_parquet(io.BytesIO(artifacts.read(place.store, sample.model, reference.NAME)))
    confidence = place.settings.evaluation.operating_confidence
    return detect(features(sample.images, "predictions", place.classes, confidence), known, place.settings.drift)


def _before_and_after(place: Home, sample: Sample, report: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    if sample.model is None or not alarm(report):
        return {}
    manifest = dataset_version.read_manifest(place.store, sample.model)
    known = manifest.filter(pl.col("split") == TEST)
    return {
        "known": showing.pictures(known, place),
        "that day": showing.pictures(sample.images.rename({"predictions": "boxes"}), place),
    }
