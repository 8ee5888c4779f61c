"""finetuned_checkpoint: the candidate, and the record that reproduces it."""

import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from autoretrain_assets import charts, checkpoints, version_images
from autoretrain_assets.assets import showing
from autoretrain_assets.assets.labeled_dataset import labeled_dataset
from autoretrain_assets.automation.child import run_child
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.mix import learned, training_mix
from autoretrain_assets.dataset.yolo import checkout
from autoretrain_assets.errors import InputError, TrainingError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.store.base import Commit
from autoretrain_assets.training import finetune


@dg.asset(
    partitions_def=VERSIONS,
    group_name="training",
    deps=[labeled_dataset],
    kinds={"pytorch", "ultralytics"},
    pool="training",
)
def finetuned_checkpoint(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """The champion fine-tuned on what is new and a share of what it knew, in a process of its own.

    A checkpoint that is stored is never trained again: its record says how to make it anew.
    """
    place, version = home.open(), context.partition_key
    commit = None if checkpoints.is_made(place, version) else _train(context, place, version)
    told = {"commit": showing.commit(place, commit.id)} if commit else {}
    return dg.MaterializeResult(metadata=_metadata(checkpoints.record(place, version)) | told)


def _train(context: dg.AssetExecutionContext, place: Home, version: str) -> Commit:
    dataset = dataset_version.read(place.store, version)
    if dataset is None:
        raise InputError(f"dataset version {version} does not exist: materialize labeled_dataset for it first.")
    champion = registry.current(place.store)
    manifest = dataset_version.read_manifest(place.store, version)
    weights, sha256, known = _parent(place, champion, manifest)
    mix = training_mix(manifest, known, place.settings.training.replay_share, place.settings.seed)
    folder = place.work / "training" / version
    images = version_images.paths(place, mix["sha256"], version, context.log.warning)
    data = checkout(mix, images, place.classes, folder / "data")
    job = finetune.prepare(place.settings, weights, sha256, data, mix.height, folder)
    exit_code = run_child(context, finetune.command(folder))
    if exit_code != 0:
        raise TrainingError(finetune.failure(folder, exit_code))
    outcome = finetune.finish(folder)
    parent = champion.version if champion else None
    record = finetune.record(job, outcome, dataset.commit, dataset.manifest_hash, parent)
    record["replay_share"] = place.settings.training.replay_share
    message = f"Checkpoint {version}, from {parent or weights.name}"
    commit = checkpoints.put(place, version, folder / "weights.pt", record, message)
    shutil.rmtree(folder)
    return commit


def _parent(
    place: Home, champion: registry.Release | None, manifest: pl.DataFrame
) -> tuple[Path, str | None, pl.Series | None]:
    """The weights to start from, their sha256, and the images that they were trained on as `manifest` labels them."""
    if champion is not None:
        weights = checkpoints.fetch(place, champion.version)
        known = learned(dataset_version.read_manifest(place.store, champion.version), manifest)
        return weights, champion.weights_sha256, known
    first = place.settings.training.weights
    if first is None:
        raise InputError("there is no production model and training.weights names none to start from: set it.")
    path = place.root / first
    if not path.is_file():
        raise InputError(f"training.weights: {path} does not exist: name a checkpoint or a model .yaml that does.")
    return path, None if path.suffix == ".yaml" else sha256_of(path), None


def _metadata(record: dict[str, Any]) -> dict[str, Any]:
    curves = pl.DataFrame(record["curves"])
    return {
        "fine-tuned from": record["parent_version"] or "no production model",
        "images trained on": record["images"],
        "seconds": record["seconds"],
        "training losses": showing.picture(charts.curves(record["curves"]), "training losses by epoch"),
        "epoch by epoch": showing.table(curves.with_columns(pl.col("^epoch$").cast(pl.Int64))),
        "weights sha256": showing.digest(record["weights_sha256"]),
        "all that made it": {name: value for name, value in record.items() if name != "curves"},
    }
