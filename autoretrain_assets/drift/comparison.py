"""One source's day against one regime of the reference, feature by feature."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import ks_2samp

Values = NDArray[np.float64]

_NAMES = {"sha256", "source", "regime"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A row of schema.DRIFT before it is known whether it is an alarm; figures are null where undefined."""

    source: str
    feature: str
    images: int
    reference_images: int
    mean: float | None
    reference_mean: float | None
    statistic: float | None
    p_value: float | None
    regime: str | None


def compare(day: pl.DataFrame, regime: pl.DataFrame, name: str, min_images: int) -> list[Comparison]:
    """Each feature of `day`, which is of one source, against the same feature of `regime`, whose name is `name`.

    The test is the two-sample one of Kolmogorov and Smirnov (Hodges 1958; scipy.stats.ks_2samp), and needs
    `min_images` values on both sides. Images without a value of a feature do not count for it.
    """
    columns = [column for column in day.columns if column not in _NAMES]
    return [_compare(day, regime, feature, name, min_images) for feature in columns]


def nearness(comparisons: list[Comparison]) -> tuple[float, float]:
    """Larger where a regime is nearer: its smallest p-value, and of equals the one with the least largest distance."""
    tested = [(row.p_value, row.statistic) for row in comparisons if row.p_value is not None]
    return min((p for p, _ in tested), default=-1.0), -max((distance or 0.0 for _, distance in tested), default=1.0)


def _compare(day: pl.DataFrame, regime: pl.DataFrame, feature: str, name: str, min_images: int) -> Comparison:
    now, before = _values(day, feature), _values(regime, feature)
    result = _test(now, before) if min(len(now), len(before)) >= min_images else None
    return Comparison(
        source=day["source"][0],
        feature=feature,
        images=len(now),
        reference_images=len(before),
        mean=float(now.mean()) if len(now) else None,
        reference_mean=float(before.mean()) if len(before) else None,
        statistic=float(result.statistic) if result else None,
        p_value=float(result.pvalue) if result else None,
        regime=name if len(before) else None,
    )


def _test(now: Values, before: Values) -> Any:
    """scipy warns where its exact p-value overflows and it takes the asymptotic one: that is as good for us."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ks_2samp: Exact calculation unsuccessful", RuntimeWarning)
        return ks_2samp(now, before)


def _values(images: pl.DataFrame, feature: str) -> Values:
    if feature not in images.columns:
        return np.empty(0)
    values = images[feature].cast(pl.Float64).drop_nulls()
    return values.filter(values.is_finite()).to_numpy()
