"""COCO's mAP of one model, per slice, class and object size, by faster-coco-eval.

mAP50-95 is the mean over IoU 0.50, 0.55 … 0.95, over 101 recalls, over the classes that have an object in the
slice; mAP50 the same at IoU 0.50 (Lin et al. 2014, "Microsoft COCO", and pycocotools, its reference).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl
from faster_coco_eval import COCO, COCOeval_faster
from numpy.typing import NDArray

from autoretrain_assets.config.settings import Evaluation
from autoretrain_assets.evaluation.mistakes import false_positives
from autoretrain_assets.evaluation.slices import ALL
from autoretrain_assets.schema import METRICS, conform

SIZES = {"small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
"""COCO's areas in square pixels."""


def measure(
    model: str,
    truth: pl.DataFrame,
    predictions: pl.DataFrame,
    slices: pl.DataFrame,
    classes: Sequence[str],
    settings: Evaluation,
) -> pl.DataFrame:
    """A table of schema.METRICS; a figure is null where the slice has no object to find.

    truth: sha256, width, height, boxes (pixels). predictions: schema.PREDICTIONS. slices: sha256, slice.
    """
    numbered = truth.sort("sha256").with_row_index("image_id", offset=1)
    evaluator = _evaluator(numbered, predictions, classes, settings)
    wrong = false_positives(truth, predictions, settings)
    counts = _counts(truth, wrong)
    rows: list[dict[str, Any]] = []
    for name in slices["slice"].unique().sort():
        members = numbered.join(slices.filter(pl.col("slice") == name), on="sha256", how="semi")
        precision = _precision(evaluator, members["image_id"].to_list(), _areas())
        counted = counts.join(members, on="sha256", how="semi")
        rows += _rows(name, precision[..., 0], counted, members.height, classes)
        if name == ALL:
            rows += _size_rows(precision, truth, classes)
    return conform(pl.DataFrame(rows, infer_schema_length=None).with_columns(model=pl.lit(model)), METRICS)


def _evaluator(truth: pl.DataFrame, predictions: pl.DataFrame, classes: Sequence[str], settings: Evaluation) -> Any:
    ids = truth.select("sha256", "image_id")
    objects = _flat(truth.select("sha256", "boxes"), ids, classes).with_row_index("id", offset=1)
    found = _flat(predictions, ids, classes)
    dataset = {
        "images": truth.select(pl.col("image_id").alias("id"), "width", "height").to_dicts(),
        "categories": [{"id": index, "name": name} for index, name in enumerate(classes, start=1)],
        "annotations": objects.drop("score").with_columns(iscrowd=pl.lit(0)).to_dicts(),
    }
    reference = COCO(dataset)
    evaluator = COCOeval_faster(reference, reference.loadRes(found.to_dicts()), "bbox", print_function=_silent)
    evaluator.params.maxDets = [settings.max_detections]
    return evaluator


def _flat(boxes: pl.DataFrame, ids: pl.DataFrame, classes: Sequence[str]) -> pl.DataFrame:
    """One row a box in COCO's words: corner, width and height. A class that is not measured is left out."""
    size = {"w": pl.col("x2") - pl.col("x1"), "h": pl.col("y2") - pl.col("y1")}
    return (
        boxes.join(ids, on="sha256")
        .select("image_id", "boxes")
        .explode("boxes", empty_as_null=True)
        .drop_nulls("boxes")
        .unnest("boxes")
        .filter(pl.col("label").is_in(list(classes)))
        .with_columns(**size)
        .select(
            "image_id",
            category_id=pl.col("label").replace_strict(
                list(classes), list(range(1, len(classes) + 1)), return_dtype=pl.Int64
            ),
            bbox=pl.concat_list("x1", "y1", "w", "h"),
            area=pl.col("w") * pl.col("h"),
            score=pl.col("confidence"),
        )
    )


def _areas() -> list[tuple[float, float]]:
    return [(0.0, 1e10), *SIZES.values()]


def _precision(evaluator: Any, images: list[int], areas: list[tuple[float, float]]) -> NDArray[np.float64]:
    """Precision of shape (IoU, recall, class, area) on these images; -1 where a class has no object."""
    evaluator.params.imgIds = images
    evaluator.params.areaRng = [list(area) for area in areas]
    evaluator.params.areaRngLbl = ["all", *SIZES]
    evaluator.evaluate()
    evaluator.accumulate()
    precision: NDArray[np.float64] = np.asarray(evaluator.eval["precision"])[..., -1]
    return precision


def _rows(
    name: str, precision: NDArray[np.float64], counts: pl.DataFrame, images: int, classes: Sequence[str]
) -> Iterator[dict[str, Any]]:
    columns: list[tuple[str | None, slice]] = [(label, slice(at, at + 1)) for at, label in enumerate(classes)]
    for label, column in [(None, slice(None)), *columns]:
        own = counts if label is None else counts.filter(pl.col("label") == label)
        yield {
            "slice": name,
            "label": label,
            "images": images,
            "boxes": int(own["boxes"].sum()),
            **_map(precision[:, :, column]),
            "false_positives_per_image": float(own["wrong"].sum()) / images if images else None,
        }


def _size_rows(precision: NDArray[np.float64], truth: pl.DataFrame, classes: Sequence[str]) -> Iterator[dict[str, Any]]:
    flat = truth.select("boxes").explode("boxes", empty_as_null=True).drop_nulls("boxes").unnest("boxes")
    known = flat.filter(pl.col("label").is_in(list(classes)))
    areas = known.select(area=(pl.col("x2") - pl.col("x1")) * (pl.col("y2") - pl.col("y1")))["area"]
    for at, (size, (low, high)) in enumerate(SIZES.items(), start=1):
        yield {
            "slice": f"size:{size}",
            "label": None,
            "images": truth.height,
            "boxes": int(areas.is_between(low, high).sum()),
            **_map(precision[..., at]),
            "false_positives_per_image": None,
        }


def _map(precision: NDArray[np.float64]) -> dict[str, float | None]:
    return {"map50_95": _mean(precision), "map50": _mean(precision[:1])}


def _mean(precision: NDArray[np.float64]) -> float | None:
    known = precision[precision > -1]
    return float(known.mean()) if known.size else None


def _counts(truth: pl.DataFrame, wrong: pl.DataFrame) -> pl.DataFrame:
    """Objects and false positives of every image and class: sha256, label, boxes, wrong."""
    exploded = truth.select("sha256", "boxes").explode("boxes", empty_as_null=True).drop_nulls("boxes")
    objects = exploded.select("sha256", label=pl.col("boxes").struct.field("label"))
    counted = objects.group_by("sha256", "label").len("boxes")
    return counted.join(wrong, on=["sha256", "label"], how="full", coalesce=True).with_columns(
        pl.col("boxes", "wrong").fill_null(0)
    )


def _silent(*_: object) -> None:
    """faster-coco-eval prints its progress; the report says it better."""
