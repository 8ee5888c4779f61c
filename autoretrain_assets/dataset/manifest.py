"""The manifest of a dataset version: one row an image, and a hash that is equal exactly when its content is."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from autoretrain_assets.config.settings import Settings
from autoretrain_assets.dataset.splits import assign, whole, without_leaks
from autoretrain_assets.scenes import join_known
from autoretrain_assets.schema import BOX, MANIFEST, conform, empty

REGRESSION = "regression"
"""The slice of images on which an operator reported a failure."""

NO_IMAGES = pl.Series("sha256", [], dtype=pl.String)


@dataclass(frozen=True, slots=True)
class Built:
    """A manifest, and how many labelled images it leaves out because they touch both splits."""

    manifest: pl.DataFrame
    left_out: int


def build(
    parent: pl.DataFrame | None,
    annotations: pl.DataFrame,
    settings: Settings,
    version: str,
    reported: pl.Series = NO_IMAGES,
) -> Built:
    """The parent's images with their newest answers, and the new ones with the split of their scene.

    `annotations` is a table of schema.ANNOTATIONS; where an image was answered twice the later answer counts.
    `reported` holds the sha256 of every image that any event has a verdict on: a report may come after the label.
    """
    known = empty(MANIFEST) if parent is None else parent
    latest = annotations.sort("finished_at", "task_key").unique("sha256", keep="last", maintain_order=True)
    labelled = with_boxes_hash(latest.with_columns(slices=_slices()))
    new = labelled.join(known, on="sha256", how="anti").sort("captured_at", "sha256")
    joined = join_known(new, known, settings.scenes.gap_seconds)
    placed = assign(joined.filter(~pl.col("torn")), settings.dataset.test_share)
    kept = without_leaks(placed, known, settings.scenes.near_duplicate_distance).with_columns(since=pl.lit(version))
    manifest = whole(_updated(known, labelled), conform(kept, MANIFEST)).sort("sha256")
    left_out = known.height + new.height - manifest.height
    return Built(manifest.with_columns(slices=_with_reports(reported)), left_out)


def relabelled(before: pl.DataFrame | None, manifest: pl.DataFrame) -> pl.Series:
    """The sha256 of the images that both manifests have, with other boxes."""
    if before is None:
        return NO_IMAGES
    both = manifest.join(before, on="sha256", suffix="_before", maintain_order="left")
    return both.filter(pl.col("boxes_hash") != pl.col("boxes_hash_before"))["sha256"]


def manifest_hash(manifest: pl.DataFrame, classes: Sequence[str]) -> str:
    """A hash of all that a training or a measurement can depend on: not of `since`, which names the version."""
    content = manifest.sort("sha256").select(
        "sha256", "split", "group", "slices", "event_ids", "arm", "annotator", "boxes_hash"
    )
    text = json.dumps(list(classes)) + "\n" + content.write_ndjson()
    return hashlib.sha256(text.encode()).hexdigest()


def with_boxes_hash(images: pl.DataFrame) -> pl.DataFrame:
    """`images` (sha256, boxes) with `boxes_hash`: equal for equal boxes in any order, to a hundredth of a pixel."""
    coordinates = [(pl.col(name) * 100).round().cast(pl.Int64).cast(pl.String) for name in ("x1", "y1", "x2", "y2")]
    texts = (
        images.select("sha256", "boxes")
        .explode("boxes")
        .drop_nulls("boxes")
        .select("sha256", pl.col("boxes").struct.unnest())
        .select("sha256", box=pl.concat_str("label", *coordinates, separator=" "))
        .group_by("sha256")
        .agg(text=pl.col("box").sort().str.join("\n"))
    )
    joined = images.join(texts, on="sha256", how="left", maintain_order="left")
    # hashlib has no form for a column: this is its edge.
    hashes = [hashlib.sha256((text or "").encode()).hexdigest() for text in joined["text"]]
    return joined.drop("text").with_columns(boxes_hash=pl.Series(hashes, dtype=pl.String))


def _slices() -> pl.Expr:
    reported = pl.col("reasons").list.contains("operator")
    return pl.when(reported).then(pl.lit([REGRESSION])).otherwise(pl.lit([], dtype=pl.List(pl.String)))


def _with_reports(reported: pl.Series) -> pl.Expr:
    slices = pl.col("slices").list.set_union(pl.lit([REGRESSION])).list.sort()
    return pl.when(pl.col("sha256").is_in(reported.implode())).then(slices).otherwise("slices")


def _updated(known: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """`known` with the boxes of a newer answer; an image keeps its split, its group and its first version."""
    answers = labelled.select("sha256", "boxes", "boxes_hash", "annotator", "slices")
    joined = known.join(answers, on="sha256", how="left", suffix="_new", maintain_order="left")
    return conform(
        joined.with_columns(
            pl.coalesce("boxes_new", "boxes").cast(pl.List(BOX)).alias("boxes"),
            pl.coalesce("boxes_hash_new", "boxes_hash").alias("boxes_hash"),
            pl.coalesce("annotator_new", "annotator").alias("annotator"),
            pl.col("slices").list.set_union(pl.coalesce("slices_new", "slices")).list.sort().alias("slices"),
        ),
        MANIFEST,
    )
