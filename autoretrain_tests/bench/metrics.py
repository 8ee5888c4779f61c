"""Our mAP, against pycocotools."""

import contextlib
import io

import polars as pl

from autoretrain_assets.config.settings import Evaluation
from autoretrain_assets.evaluation.metrics import measure
from autoretrain_tests.bench.printing import Inputs, beside, in_turns
from autoretrain_tests.evaluation.test_metrics import CLASSES, by_pycocotools, random_world


def run(inputs: Inputs) -> None:
    """mAP and false positives of 1,000 images, per class and size, against pycocotools' mAP of the same."""
    count = inputs.size(1000)
    truth, predictions = random_world(0, images=count)
    slices = truth.select("sha256", slice=pl.lit("all"))
    settings = Evaluation(max_detections=100)

    def pycocotools(_: int) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            by_pycocotools(truth, predictions)

    works = {
        "metrics": lambda _: measure("m", truth, predictions, slices, CLASSES, settings),
        "pycocotools": pycocotools,
    }
    beside(in_turns(works, inputs.rounds), "pycocotools", count, "images")
