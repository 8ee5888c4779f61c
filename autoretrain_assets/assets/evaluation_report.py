"""evaluation_report: champion and challenger on the same sealed test, now."""

import json
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import polars as pl

from autoretrain_assets import checkpoints, story, version_images
from autoretrain_assets.assets import checks, reference, reporting, settled, showing
from autoretrain_assets.assets.finetuned_checkpoint import finetuned_checkpoint
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.splits import TEST
from autoretrain_assets.errors import InputError
from autoretrain_assets.evaluation.calibration import calibration_error
from autoretrain_assets.evaluation.metrics import measure
from autoretrain_assets.evaluation.mistakes import found, telling
from autoretrain_assets.evaluation.report import CHALLENGER, CHAMPION, compared
from autoretrain_assets.evaluation.slices import slice_images
from autoretrain_assets.evaluation.stored import Evaluation
from autoretrain_assets.home import Home
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.store import artifacts
from autoretrain_assets.yolo.predict import PredictOptions, latency_ms, predict

STRIPS = 6


@dg.asset(
    partitions_def=VERSIONS,
    group_name="evaluation",
    deps=[finetuned_checkpoint],
    kinds={"coco", "html"},
    check_specs=checks.EVALUATION_REPORT,
)
def evaluation_report(context: dg.AssetExecutionContext, home: HomeResource) -> checks.Result:
    """COCO mAP per class, slice and object size, false positives, latency; with pictures of what changed.

    Both models are measured by this run: no figure is taken from an earlier one. Of two figures the first is the
    champion's, which is in production, and the second the challenger's, which this version made.

    Slices: images that are new to the champion's dataset, or old; regression, which operators reported; where they
    came from (source, domain); how they came in (arm: import, mined for a reason, random); and objects by size.
    """
    place, version = home.open(), context.partition_key
    champion = settled.champion(place, version)
    manifest = dataset_version.read_manifest(place.store, version)
    test = manifest.filter(pl.col("split") == TEST)
    if test.is_empty():
        raise InputError(f"{version} has no test image: label more scenes, or set dataset.test_share higher.")
    versions = {CHALLENGER: version} | ({CHAMPION: champion} if champion else {})
    models = {role: checkpoints.load(place, name) for role, name in versions.items()}
    options = PredictOptions.of(place.settings)
    paths = version_images.paths(place, test["sha256"], version, context.log.warning)
    predictions = {role: predict(model, paths, options) for role, model in models.items()}
    known = dataset_version.read_manifest(place.store, champion)["sha256"] if champion else None
    slices = slice_images(test, known)
    rules = place.settings.evaluation
    metrics = [measure(role, test, table, slices, place.classes, rules) for role, table in predictions.items()]
    some = list(paths.values())[: rules.latency_images]
    evaluation = Evaluation(
        version, champion, datetime.now(UTC), test.height, latency_ms(models, some, options), pl.concat(metrics)
    )
    strips = _strips(place, test, predictions)
    traffic = reference.sample(place, manifest)
    unseen = traffic.join(test, on="sha256", how="anti")["sha256"].unique(maintain_order=True)
    images = version_images.paths(place, unseen, version, context.log.warning)
    others = predict(models[CHALLENGER], images, options)
    files = evaluation.as_files() | {
        reporting.PICTURES: json.dumps(strips).encode(),
        reference.NAME: reference.as_file(place, traffic, pl.concat([predictions[CHALLENGER], others])),
    }
    written = artifacts.put(place.store, version, files, f"Evaluation {version}", story.of(place, version))
    page = reporting.write_page(place, version, decision=None)
    error = calibration_error(test, predictions[CHALLENGER], rules)
    return dg.MaterializeResult(
        metadata=_metadata(evaluation, strips)
        | {"page": dg.MetadataValue.path(page), "commit": showing.commit(place, written.id)},
        check_results=checks.of(version, checks.confidence_is_calibrated(error, rules.max_calibration_error)),
    )


def _strips(place: Home, test: pl.DataFrame, predictions: dict[str, pl.DataFrame]) -> list[tuple[str, str]]:
    """The images that the two models see most differently, with the truth beside them."""
    rules = place.settings.evaluation
    counts = {role: found(test, table, rules) for role, table in predictions.items()}
    nothing = found(test, predictions[CHALLENGER].clear(), rules)
    images = telling(counts.get(CHAMPION, nothing), counts[CHALLENGER], STRIPS)
    shown = {
        role: table.with_columns(boxes=_at_least(rules.operating_confidence))
        for role, table in reversed(predictions.items())
    }
    return reporting.before_and_after(place, images, {**shown, "truth": test})


def _at_least(confidence: float) -> pl.Expr:
    return pl.col("boxes").list.filter(pl.element().struct.field("confidence") >= confidence)


def _metadata(evaluation: Evaluation, strips: list[tuple[str, str]]) -> dict[str, Any]:
    table = compared(evaluation.metrics)
    table = table.filter(pl.any_horizontal(pl.col("map50", "false_positives_per_image").is_not_null()))
    overall, by_class = pl.col("label").is_null(), (pl.col("slice") == "all") & pl.col("label").is_not_null()
    figures = [
        pl.col("images"),
        showing.went("champion map50", "map50").alias("mAP50"),
        showing.went("champion map50_95", "map50_95").alias("mAP50-95"),
        showing.went("champion false_positives_per_image", "false_positives_per_image", 2).alias("false alarms"),
    ]
    latency = pl.DataFrame(list(evaluation.latency_ms.items()), ["model", "ms an image"], orient="row")
    return {
        "measured against": evaluation.champion or "nothing: no model is in production",
        "test images": evaluation.images,
        "by slice": showing.table(table.filter(overall).select("slice", *figures)),
        "by class": showing.table(table.filter(by_class).select(pl.col("label").alias("class"), *figures)),
        "what changed most": showing.strips(
            [address for _, address in strips[:3]],
            f"{'Champion, challenger' if evaluation.champion else 'Challenger'}, truth",
        ),
        "latency": showing.table(latency),
    }
