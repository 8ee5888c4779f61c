"""labeled_dataset: a version of the data, one commit and one tag."""

import dagster as dg
import polars as pl

from autoretrain_assets import due, story, version_images
from autoretrain_assets.assets import checks, labels, showing
from autoretrain_assets.assets.annotations import annotations
from autoretrain_assets.automation.attempts import why
from autoretrain_assets.automation.partitions import STORE, VERSIONS
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.manifest import build, manifest_hash, relabelled
from autoretrain_assets.dataset.mix import learned
from autoretrain_assets.dataset.splits import TEST, TRAIN
from autoretrain_assets.dataset.usable import verify_named, verify_usable
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.resources import HomeResource


@dg.asset(
    partitions_def=VERSIONS,
    group_name="dataset",
    deps=[dg.AssetDep(annotations, partition_mapping=dg.AllPartitionMapping())],
    kinds={STORE, "parquet"},
    check_specs=checks.LABELED_DATASET,
)
def labeled_dataset(context: dg.AssetExecutionContext, home: HomeResource) -> checks.Result:
    """Every reviewed image so far, split by scene; a version that is tagged is never made again.

    Left out are images that wait for a class to be decided on, and days whose labels agree too little with known
    answers; what an earlier version has of them stays as it is there.

    Training and test never share a scene. The test split is sealed: only evaluation reads it. A version that
    could not be trained or measured is refused before anything is committed.
    """
    place, version = home.open(), context.partition_key
    known = dataset_version.read(place.store, version)
    left_out = 0
    if known is None:
        known, left_out = _write(context, place, version)
    manifest = dataset_version.read_manifest(place.store, version)
    before = dataset_version.read_manifest(place.store, known.parent) if known.parent else None
    corrected, held_back = relabelled(before, manifest), due.labels(place)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": manifest.height,
            "why this run": why(context),
            "grown from": known.parent or "nothing: it is the first",
            "left out for touching both splits": left_out,
            **labels.metadata(held_back, place.settings.labeling),
            "labels corrected": corrected.len(),
            "corrected images": showing.sentences(corrected),
            "by split": showing.table(
                manifest.group_by("split").agg(images=pl.len(), scenes=pl.col("group").n_unique()).sort("split")
            ),
            "images by the version they came with": showing.table(_by_split(manifest, "since", "version")),
            "boxes by class": showing.table(_by_split(_boxes(manifest), "label", "class")),
            "some of the new ones": showing.pictures(manifest.filter(pl.col("since") == version), place),
            "commit": showing.commit(place, known.commit),
            "manifest hash": showing.digest(known.manifest_hash),
        },
        check_results=checks.of(
            version,
            checks.scenes_are_apart(manifest),
            checks.every_class_is_there(manifest, place.classes),
            checks.no_day_is_blocked(held_back.days),
        ),
    )


def _write(context: dg.AssetExecutionContext, place: Home, version: str) -> tuple[dataset_version.DatasetVersion, int]:
    expected = dataset_version.next_version(place.store)
    if version != expected:
        raise InputError(f"the next dataset version is {expected}, not {version}: ask for a run of {expected}.")
    versions = dataset_version.versions(place.store)
    parent = dataset_version.read_manifest(place.store, versions[-1]) if versions else None
    built = build(parent, due.labels(place).rows, place.settings, version, _reported(place))
    verify_named(built.manifest, version, place.classes)
    if parent is not None and manifest_hash(built.manifest, place.classes) == manifest_hash(parent, place.classes):
        reasons = "".join(f" {reason}." for reason in due.held_back(place))
        raise InputError(f"nothing was labelled since {versions[-1]}: there is no {version} to make yet.{reasons}")
    verify_usable(built.manifest, version, _trained(place, built.manifest), relabelled(parent, built.manifest))
    parent_name, told = versions[-1] if versions else None, story.by_run(place)
    frames = version_images.paths(place, built.manifest["sha256"], parent_name, context.log.warning)
    known = dataset_version.write(place.store, version, built.manifest, frames, place.classes, parent_name, told)
    return known, built.left_out


def _reported(place: Home) -> pl.Series:
    """The images that any event has a verdict on."""
    has_one = pl.col("verdicts").list.len() > 0
    return place.raw_feedback.query(lambda rows: rows.filter(has_one).select(pl.col("sha256").unique()))["sha256"]


def _trained(place: Home, manifest: pl.DataFrame) -> pl.Series | None:
    """The images that the model in production learned as they are labelled now; None where the home knows of none."""
    champion = registry.current(place.store)
    if champion is None or champion.version not in dataset_version.versions(place.store):
        return None
    return learned(dataset_version.read_manifest(place.store, champion.version), manifest)


def _boxes(manifest: pl.DataFrame) -> pl.DataFrame:
    return manifest.select("split", "boxes").explode("boxes").drop_nulls().unnest("boxes")


def _by_split(rows: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """How many rows are for training and for testing, for each value of the column."""
    counts = {split: pl.col("split").eq(split).sum() for split in (TRAIN, TEST)}
    return rows.group_by(pl.col(column).alias(name)).agg(**counts).sort(name)
