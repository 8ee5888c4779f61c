"""COCO's figures, held against pycocotools and against small cases worked by hand."""

import contextlib
import io

import numpy as np
import polars as pl
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from autoretrain_assets.config.settings import Evaluation
from autoretrain_assets.evaluation.metrics import SIZES, measure
from autoretrain_assets.schema import PREDICTIONS
from autoretrain_tests.tables import box

CLASSES = ["car", "bus", "person"]
SETTINGS = Evaluation(max_detections=100)


def truth_of(*images):
    schema = {"sha256": pl.String, "width": pl.Int32, "height": pl.Int32, "boxes": PREDICTIONS["boxes"]}
    rows = [{"sha256": f"i{n:03d}", "width": 640, "height": 480, "boxes": boxes} for n, boxes in enumerate(images)]
    return pl.DataFrame(rows, schema=schema)


def predictions_of(*images):
    return pl.DataFrame([{"sha256": f"i{n:03d}", "boxes": boxes} for n, boxes in enumerate(images)], schema=PREDICTIONS)


def figures(truth, predictions, slices=None, settings=SETTINGS):
    everything = truth.select("sha256", slice=pl.lit("all")) if slices is None else slices
    return measure("m", truth, predictions, everything, CLASSES, settings)


def row(table, slice_="all", label=None):
    return table.filter((pl.col("slice") == slice_) & pl.col("label").eq_missing(pl.lit(label, pl.String))).row(
        0, named=True
    )


def random_world(seed, images=30):
    rng = np.random.default_rng(seed)

    def some_box(confidence):
        x1, y1 = rng.uniform(0, 400, 2)
        side = rng.choice([10.0, 50.0, 150.0]) * rng.uniform(0.6, 1.4, 2)
        return box(CLASSES[rng.integers(3)], x1, y1, x1 + side[0], y1 + side[1], confidence)

    def moved(old):
        shift = rng.normal(0, 4, 4)
        corners = [old["x1"] + shift[0], old["y1"] + shift[1], old["x2"] + abs(shift[2]), old["y2"] + abs(shift[3])]
        label = old["label"] if rng.uniform() < 0.9 else CLASSES[rng.integers(3)]
        return box(label, *corners, round(float(rng.uniform()), 3))

    objects = [[some_box(None) for _ in range(rng.integers(0, 7))] for _ in range(images)]
    found = [
        [moved(one) for one in boxes if rng.uniform() < 0.8]
        + [some_box(float(rng.uniform())) for _ in range(rng.integers(0, 3))]
        for boxes in objects
    ]
    return truth_of(*objects), predictions_of(*found)


def by_pycocotools(truth, predictions):
    """Precision of shape (IoU, recall, class, area)."""

    def flat(table):
        return [
            {
                "image_id": n,
                "category_id": CLASSES.index(b["label"]),
                "bbox": [b["x1"], b["y1"], b["x2"] - b["x1"], b["y2"] - b["y1"]],
                "area": (b["x2"] - b["x1"]) * (b["y2"] - b["y1"]),
                "iscrowd": 0,
                "score": b["confidence"],
            }
            for n, boxes in enumerate(table["boxes"])
            for b in boxes
        ]

    with contextlib.redirect_stdout(io.StringIO()):
        reference = COCO()
        reference.dataset = {
            "images": [{"id": n, "width": 640, "height": 480} for n in range(truth.height)],
            "categories": [{"id": n, "name": name} for n, name in enumerate(CLASSES)],
            "annotations": [one | {"id": n} for n, one in enumerate(flat(truth), start=1)],
        }
        reference.createIndex()
        evaluation = COCOeval(reference, reference.loadRes(flat(predictions)), "bbox")
        evaluation.params.maxDets = [100]
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation.eval["precision"][..., -1]


def mean(precision):
    known = precision[precision > -1]
    return known.mean() if known.size else None


@pytest.mark.parametrize("seed", range(6))
def test_agreement_with_pycocotools_to_a_millionth(seed):
    truth, predictions = random_world(seed)
    table, precision = figures(truth, predictions), by_pycocotools(truth, predictions)

    assert row(table)["map50_95"] == pytest.approx(mean(precision[..., 0]), abs=1e-6)
    assert row(table)["map50"] == pytest.approx(mean(precision[0, ..., 0]), abs=1e-6)
    for at, label in enumerate(CLASSES):
        assert row(table, label=label)["map50_95"] == pytest.approx(mean(precision[:, :, at, 0]), abs=1e-6)
    for at, size in enumerate(SIZES, start=1):
        assert row(table, f"size:{size}")["map50_95"] == pytest.approx(mean(precision[..., at]), abs=1e-6)


def test_a_slice_is_measured_as_if_it_were_all():
    truth, predictions = random_world(3)
    half = truth.head(15)
    slices = pl.concat([truth.select("sha256", slice=pl.lit("all")), half.select("sha256", slice=pl.lit("half"))])

    alone = row(figures(half, predictions.head(15)))
    within = row(figures(truth, predictions, slices), "half")

    assert {**alone, "slice": "half"} == pytest.approx(within)


def test_perfect_boxes_are_one_and_no_boxes_are_zero():
    truth = truth_of([box()], [box("bus")])

    perfect = row(figures(truth, predictions_of([box(confidence=0.9)], [box("bus", confidence=0.9)])))
    nothing = row(figures(truth, predictions_of([], [])))

    assert (perfect["map50"], perfect["map50_95"], perfect["false_positives_per_image"]) == (1.0, 1.0, 0.0)
    assert (nothing["map50"], nothing["map50_95"], nothing["images"], nothing["boxes"]) == (0.0, 0.0, 2, 2)


def test_without_an_object_map_is_undefined_and_false_positives_count():
    table = figures(truth_of([], []), predictions_of([box(confidence=0.9), box("bus", confidence=0.9)], []))

    assert row(table)["map50"] is None
    assert row(table)["false_positives_per_image"] == 1.0
    assert row(table, label="car")["false_positives_per_image"] == 0.5


def test_a_false_positive_is_a_shown_box_without_an_object_of_its_class():
    truth = truth_of([box()])
    shown = [box(confidence=0.9), box(confidence=0.8), box("bus", confidence=0.7), box("bus", confidence=0.1)]

    assert row(figures(truth, predictions_of(shown)))["false_positives_per_image"] == 2.0


def test_images_without_a_prediction_row_count_as_empty():
    truth = truth_of([box()], [box()])

    assert row(figures(truth, predictions_of([box(confidence=0.9)])))["map50"] == pytest.approx(51 / 101)
