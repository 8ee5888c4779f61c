"""Predictions of one model on many images, as a table."""

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from PIL import Image

from autoretrain_assets.config import Settings
from autoretrain_assets.schema import BOX, PREDICTIONS, conform
from autoretrain_assets.yolo.runtime import device_name
from autoretrain_assets.yolo.weights import class_names


@dataclass(frozen=True, slots=True)
class PredictOptions:
    """How a model looks at images; `confidence` is the floor below which boxes are not even listed."""

    imgsz: int
    confidence: float
    nms_iou: float = 0.7
    max_detections: int = 300
    device: str = "auto"
    batch: int = 16

    @classmethod
    def of(cls, settings: Settings) -> "PredictOptions":
        """As the home measures: with the confidence floor of COCO's curves."""
        evaluation, training = settings.evaluation, settings.training
        return cls(
            imgsz=training.imgsz,
            confidence=evaluation.confidence,
            nms_iou=evaluation.nms_iou,
            max_detections=evaluation.max_detections,
            device=training.device,
        )


def predict(model: Any, images: Mapping[str, Path], options: PredictOptions) -> pl.DataFrame:
    """Boxes (xyxy pixels of the upright image) of every image, keyed by sha256: a table of schema.PREDICTIONS.

    Batches hold images of one size, so that what stands beside an image cannot change its padding and its boxes.
    """
    names = class_names(model)
    parts = [_predict_batch(model, batch, names, options) for batch in _batches(images, options.batch)]
    boxes = pl.concat(parts) if parts else pl.DataFrame(schema={"sha256": pl.String, "boxes": BOX})
    grouped = boxes.group_by("sha256", maintain_order=True).agg("boxes")
    found = pl.DataFrame({"sha256": list(images)}, schema={"sha256": pl.String}).join(
        grouped, on="sha256", how="left", maintain_order="left"
    )
    return conform(found.with_columns(pl.col("boxes").fill_null(pl.lit([], dtype=pl.List(BOX)))), PREDICTIONS)


def latency_ms(models: Mapping[str, Any], images: Sequence[Path], options: PredictOptions) -> dict[str, float]:
    """Median milliseconds of each model for one image alone, in turns so that a busy machine hurts all alike."""
    for model in models.values():
        _call(model, [images[0]], options)
    times: dict[str, list[float]] = {name: [] for name in models}
    for image in images:
        for name, model in models.items():
            began = time.perf_counter()
            _call(model, [image], options)
            times[name].append(1000 * (time.perf_counter() - began))
    return {name: statistics.median(values) for name, values in times.items()}


def _batches(images: Mapping[str, Path], size: int) -> Iterator[list[tuple[str, Path]]]:
    by_shape = sorted(((_shape(path), sha256, path) for sha256, path in images.items()), key=lambda item: item[:2])
    for _, same in groupby(by_shape, key=lambda item: item[0]):
        members = [(sha256, path) for _, sha256, path in same]
        yield from (members[at : at + size] for at in range(0, len(members), size))


def _shape(path: Path) -> tuple[int, int]:
    """The size as stored: images of one stored size have one size upright, save for a rotation that predict handles."""
    with Image.open(path) as image:
        return image.size


def _predict_batch(
    model: Any, batch: Sequence[tuple[str, Path]], names: Sequence[str], options: PredictOptions
) -> pl.DataFrame:
    results = _call(model, [path for _, path in batch], options)
    counts = [len(result.boxes) for result in results]
    data = np.concatenate([result.boxes.data.cpu().numpy().astype(np.float64) for result in results])
    labels = np.asarray(names, dtype=object)[data[:, 5].astype(np.int64)].tolist()
    columns: dict[str, Any] = {"label": labels}
    columns |= {name: data[:, at] for at, name in enumerate(("x1", "y1", "x2", "y2", "confidence"))}
    table = pl.DataFrame(columns, schema_overrides={"label": pl.String})
    keys = np.repeat(np.asarray([sha256 for sha256, _ in batch], dtype=object), counts).tolist()
    return table.select(
        pl.Series("sha256", keys, dtype=pl.String), pl.struct(*[field.name for field in BOX.fields]).alias("boxes")
    )


def _call(model: Any, paths: Sequence[Path], options: PredictOptions) -> list[Any]:
    results: list[Any] = model.predict(
        [str(path) for path in paths],
        imgsz=options.imgsz,
        conf=options.confidence,
        iou=options.nms_iou,
        max_det=options.max_detections,
        device=device_name(options.device),
        batch=options.batch,
        verbose=False,
        save=False,
    )
    return results
