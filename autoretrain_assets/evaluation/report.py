"""The page that shows the evaluation of a version, and its figures side by side."""

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import polars as pl
from jinja2 import Environment, StrictUndefined

from autoretrain_assets.evaluation.stored import Evaluation

CHALLENGER, CHAMPION = "challenger", "champion"
METRIC_NAMES = {
    "map50": "mAP50",
    "map50_95": "mAP50-95",
    "false_positives_per_image": "false positives an image",
    "latency_ms": "latency",
}
"""What a page calls a metric."""


def compared(metrics: pl.DataFrame) -> pl.DataFrame:
    """One row a slice and class with both models' figures side by side; the champion's are null where there is none."""
    figures = ["map50", "map50_95", "false_positives_per_image"]
    keys = ["slice", "label"]
    challenger = metrics.filter(pl.col("model") == CHALLENGER)
    champion = metrics.filter(pl.col("model") == CHAMPION).select(
        *keys, *(pl.col(name).alias(f"champion {name}") for name in figures)
    )
    joined = challenger.join(champion, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined.select(
        *keys, "images", "boxes", *(column for name in figures for column in (f"champion {name}", name))
    )


def page(
    evaluation: Evaluation,
    *,
    pictures: Sequence[tuple[str, str]],
    training: Mapping[str, Any],
    classes: Sequence[tuple[str, str]],
    decision: Mapping[str, Any] | None = None,
    adopted: bool = False,
) -> str:
    """One HTML page without a second file. `pictures`: captions and data addresses. `classes`: names and colours.

    `adopted`: the model was in production before the loop was, and no gate let it there.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["figure"] = _figure
    environment.filters["change"] = _change
    environment.filters["metric"] = lambda metric: METRIC_NAMES.get(metric, metric)
    environment.filters["measured"] = _measured
    environment.filters["held_against"] = _held_against
    template = _text("page.html.j2")
    rows = compared(evaluation.metrics).filter(
        (pl.col("boxes") > 0) | pl.col("false_positives_per_image").is_not_null()
    )
    return environment.from_string(template).render(
        evaluation=evaluation,
        slices=rows.filter(pl.col("label").is_null()).to_dicts(),
        labels=rows.filter((pl.col("slice") == "all") & pl.col("label").is_not_null()).to_dicts(),
        pictures=pictures,
        training=training,
        classes=classes,
        decision=decision,
        adopted=adopted,
        style=style(),
    )


def style() -> str:
    """The look of every page, for light and dark screens and for paper."""
    return _text("page.css")


def _text(name: str) -> str:
    return resources.files("autoretrain_assets.evaluation").joinpath(name).read_text(encoding="utf-8")


def _figure(value: float | None, places: int = 3) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _change(after: float | None, before: float | None, places: int = 3) -> str:
    """The change with its sign; what rounds to nothing has none."""
    if after is None or before is None:
        return ""
    change = round(after - before, places)
    return f"{change:+.{places}f}" if change else f"{0:.{places}f}"


def _measured(value: float | None, metric: str) -> str:
    """A figure of a metric, with its unit where it has one."""
    return f"{value:.1f} ms" if value is not None and metric == "latency_ms" else _figure(value)


def _held_against(rule: Mapping[str, Any]) -> str:
    """What was held against the threshold of a rule: a change has a sign, a ratio says so."""
    figure = rule["figure"]
    if figure is None or rule["compare"] == "absolute":
        return _measured(figure, rule["metric"])
    if rule["compare"] == "ratio":
        return f"{figure:.2f} times"
    change = _change(figure, 0.0, 1 if rule["metric"] == "latency_ms" else 3)
    return f"{change} ms" if rule["metric"] == "latency_ms" else change
