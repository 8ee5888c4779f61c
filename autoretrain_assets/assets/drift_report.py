"""drift_report: is the day unlike all that the model was trained on?"""

import io

import dagster as dg
import polars as pl

from autoretrain_assets.assets import showing
from autoretrain_assets.assets.raw_feedback import raw_feedback
from autoretrain_assets.automation.partitions import DAYS, day_of
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.splits import TEST
from autoretrain_assets.drift.detector import alarm, detect, explain
from autoretrain_assets.drift.features import features
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.schema import DRIFT, empty
from autoretrain_assets.store import artifacts

REFERENCE = "reference.parquet"


@dg.asset(partitions_def=DAYS, group_name="feedback", deps=[raw_feedback], kinds={"polars", "parquet"})
def drift_report(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """A day's images and detections against the reference of the model that made the detections.

    Features are per image, tests are two-sample, and the chance of a false alarm is bounded for the whole day.
    """
    place, day = home.open(), day_of(context)
    settings = place.settings
    events = place.raw_feedback.read(day)
    sample = events.filter(pl.col("trigger").is_in(list(settings.drift.triggers))).unique("sha256", maintain_order=True)
    version = _reference_version(place, events)
    report = empty(DRIFT)
    if version is not None:
        reference = pl.read_parquet(io.BytesIO(artifacts.read(place.store, version, REFERENCE)))
        confidence = settings.evaluation.operating_confidence
        report = detect(features(sample, "predictions", place.classes, confidence), reference, settings.drift)
    place.drift_report.write(day, report)
    sentences = explain(report) if version else ["no model has a reference yet: nothing to compare with."]
    return dg.MaterializeResult(
        metadata={
            "alarm": alarm(report),
            "why": showing.sentences(sentences),
            "compared with the test images of": version or "no version yet",
            **_before_and_after(place, version, sample, report),
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


def _reference_version(place: Home, events: pl.DataFrame) -> str | None:
    """The model that made most of the day's predictions, if it left a reference; else the one in production."""
    release = registry.current(place.store)
    candidates = events["model_version"].drop_nulls().value_counts(sort=True)["model_version"].to_list()
    candidates += [release.version] if release else []
    return next((name for name in candidates if REFERENCE in artifacts.names(place.store, name)), None)


def _before_and_after(
    place: Home, version: str | None, sample: pl.DataFrame, report: pl.DataFrame
) -> dict[str, dg.MetadataValue]:
    if version is None or not alarm(report):
        return {}
    manifest = dataset_version.read_manifest(place.store, version)
    known = manifest.filter(pl.col("split") == TEST)
    return {
        "known": showing.pictures(known, place),
        "that day": showing.pictures(sample.rename({"predictions": "boxes"}), place),
    }
