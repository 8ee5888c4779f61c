"""What is checked of an asset beside what it holds: the first place to look when something smells."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from autoretrain_assets.dataset.splits import TEST, TRAIN
from autoretrain_assets.words import many

if TYPE_CHECKING:
    Result = dg.MaterializeResult[None]
else:
    Result = dg.MaterializeResult  # of an asset with checks, Dagster knows the result only by its bare name

Facts = Mapping[str, str | float]

RAW_FEEDBACK = [
    dg.AssetCheckSpec(
        "day_has_events",
        asset="raw_feedback",
        description="At least one event of the day was accepted. None: production was silent, or all were refused.",
    ),
    dg.AssetCheckSpec(
        "quarantine_share",
        asset="raw_feedback",
        description="Few of the new events were refused. Those that were lie in quarantine, each with its reason.",
    ),
]
LABELED_DATASET = [
    dg.AssetCheckSpec(
        "scenes_are_apart",
        asset="labeled_dataset",
        blocking=True,
        description="No scene stands in train and in test: else nothing that is measured means anything.",
    ),
    dg.AssetCheckSpec(
        "every_class_is_there",
        asset="labeled_dataset",
        description="Each class has objects to learn from and objects to measure: label images of those that lack.",
    ),
    dg.AssetCheckSpec(
        "no_day_is_blocked",
        asset="labeled_dataset",
        description="No labelled day is left out for its quality: correct its labels, or lower the threshold.",
    ),
]
EVALUATION_REPORT = [
    dg.AssetCheckSpec(
        "confidence_is_calibrated",
        asset="evaluation_report",
        description="Of boxes shown with confidence 0.7, about 0.7 are right: mining and thresholds rest on it.",
    ),
]


def of(partition: str, *results: dg.AssetCheckResult) -> list[dg.AssetCheckResult]:
    """The results with their partition in their words: a check's page shows the latest one, and not of what."""
    return [one._replace(description=f"{partition}: {one.description}") for one in results]


def day_has_events(events: int) -> dg.AssetCheckResult:
    """Whether anything was reported at all."""
    told = f"{events or 'no'} events were accepted."
    return warning("day_has_events", "raw_feedback", events > 0, told, {"events": events})


def quarantine_share(accepted: int, refused: int, most: float) -> dg.AssetCheckResult:
    """Of the events that this run saw, how many it refused."""
    share = refused / max(1, accepted + refused)
    told = f"{refused} of {accepted + refused} new events were refused: {asked(share, most)}"
    facts: Facts = {"share": share, "asked": f"at most {most:g}", "refused": refused}
    return warning("quarantine_share", "raw_feedback", share <= most, told, facts)


def no_day_is_blocked(days: pl.DataFrame) -> dg.AssetCheckResult:
    """Whether the labels of each measured day are good enough."""
    blocked = ", ".join(map(str, days.filter("blocked")["day"])) or "none"
    told = f"{blocked} of {many(days.height, 'measured day')} left out." if days.height else "no day was measured."
    return warning("no_day_is_blocked", "labeled_dataset", blocked == "none", told, {"blocked": blocked})


def scenes_are_apart(manifest: pl.DataFrame) -> dg.AssetCheckResult:
    """Whether each group of the manifest has one split."""
    sides = manifest.group_by("group").agg(pl.col("split").n_unique()).filter(pl.col("split") > 1)
    return dg.AssetCheckResult(
        check_name="scenes_are_apart",
        asset_key="labeled_dataset",
        passed=sides.is_empty(),
        description=f"{sides.height} of {manifest['group'].n_unique()} scenes stand on both sides.",
        metadata={"scenes on both sides": ", ".join(sides["group"].sort().head(5)) or "none"},
    )


def every_class_is_there(manifest: pl.DataFrame, classes: Sequence[str]) -> dg.AssetCheckResult:
    """Whether each class has a box in train and one in test."""
    boxes = manifest.select("split", "boxes").explode("boxes", empty_as_null=True).drop_nulls("boxes").unnest("boxes")
    there = set(boxes.select("split", "label").unique().iter_rows())
    lacking = [f"{name} in {split}" for name in classes for split in (TRAIN, TEST) if (split, name) not in there]
    told = f"no object of {', '.join(lacking)}." if lacking else f"all {len(classes)} classes are in train and in test."
    facts: Facts = {"no object of": ", ".join(lacking) or "none lacks"}
    return warning("every_class_is_there", "labeled_dataset", not lacking, told, facts)


def confidence_is_calibrated(error: float | None, most: float) -> dg.AssetCheckResult:
    """Whether the expected calibration error is small; a model that shows no box has none."""
    facts: Facts = {
        "expected calibration error": "no box shown" if error is None else error,
        "asked": f"at most {most:g}",
    }
    told = "the candidate shows no box." if error is None else f"confidence is off by {asked(error, most)}"
    return warning("confidence_is_calibrated", "evaluation_report", error is None or error <= most, told, facts)


def asked(figure: float, most: float) -> str:
    """A figure, and the most that it may be."""
    return f"{figure:.2f}; at most {most:g} is asked."


def warning(name: str, asset: str, passed: bool, told: str, facts: Facts) -> dg.AssetCheckResult:
    """A result that stops nothing: where it did not pass, the owner is warned."""
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=asset,
        passed=bool(passed),
        severity=dg.AssetCheckSeverity.WARN,
        description=told,
        metadata=facts,
    )
