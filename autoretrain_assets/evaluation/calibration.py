"""Is a box that is 80 % sure right in 80 % of cases? What mining and thresholds believe in rests on it."""

import numpy as np
import polars as pl

from autoretrain_assets.config.settings import Evaluation
from autoretrain_assets.evaluation.mistakes import matched

BINS = 10


def calibration_error(truth: pl.DataFrame, predictions: pl.DataFrame, settings: Evaluation) -> float | None:
    """The expected calibration error of the boxes that production shows, 0 to 1; None where it shows none.

    The mean distance between confidence and precision over ten bins of confidence, each by its boxes
    (Guo et al. 2017; for detectors, Küppers et al. 2020).
    """
    boxes = matched(truth, predictions, settings).filter(~pl.col("is_truth"))
    if boxes.is_empty():
        return None
    bins = boxes.group_by((pl.col("confidence") * BINS).floor().clip(0, BINS - 1).alias("bin")).agg(
        pl.len(), distance=(pl.col("confidence").mean() - pl.col("matched").mean()).abs()
    )
    return float(np.average(bins["distance"].to_numpy(), weights=bins["len"].to_numpy()))
