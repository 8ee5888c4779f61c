"""What is checked of an asset beside what it holds: the first place to look when something smells."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from autoretrain_assets.dataset.splits import TEST, TRAIN

if TYPE_CHECKING:
    Result = dg.MaterializeResult[None]
else:
    Result = dg.MaterializeResult  # of an asset with checks, Dagster knows the result only by its bare name

Facts = Mapping[str, str | float]

RAW_FEEDBACK = [
    dg.AssetCheckSpec("day_has_events", asset="raw_feedback", description="The day has any event at all."),
    dg.AssetCheckSpec(
        "quarantine_share", asset="raw_feedback", description="Few of the day's new events were refused."
    ),
]
ANNOTATIONS = [
    dg.AssetCheckSpec("answers_sent_back", asset="annotations", description="Few of the answers failed the review."),
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
        description="Each class has objects to learn from and to measure.",
    ),
]
EVALUATION_REPORT = [
    dg.AssetCheckSpec(
        "confidence_is_calibrated",
        asset="evaluation_report",
        description="The candidate's confidence is near its precision; mining and thresholds rest on it.",
    ),
]


def day_has_events(events: int) -> dg.AssetCheckResult:
    """Whether anything was reported at all."""
    facts: Facts = {"events": events}
    return _warning("day_has_events", "raw_feedback", events > 0, facts)


def quarantine_share(accepted: int, refused: int, most: float) -> dg.AssetCheckResult:
    """Of the events that this run saw, how many it refused."""
    share = refused / max(1, accepted + refused)
    facts: Facts = {"share": share, "asked": f"at most {most:g}", "refused": refused}
    return _warning("quarantine_share", "raw_feedback", share <= most, facts)


def answers_sent_back(accepted: int, rejected: int, most: float) -> dg.AssetCheckResult:
    """Of the answers that this run reviewed, how many were not good enough."""
    share = rejected / max(1, accepted + rejected)
    facts: Facts = {"share": share, "asked": f"at most {most:g}", "sent back": rejected}
    return _warning("answers_sent_back", "annotations", share <= most, facts)


def scenes_are_apart(manifest: pl.DataFrame) -> dg.AssetCheckResult:
    """Whether each group of the manifest has one split."""
    sides = manifest.group_by("group").agg(pl.col("split").n_unique()).filter(pl.col("split") > 1)
    return dg.AssetCheckResult(
        check_name="scenes_are_apart",
        asset_key="labeled_dataset",
        passed=sides.is_empty(),
        metadata={"scenes on both sides": ", ".join(sides["group"].sort().head(5)) or "none"},
    )


def every_class_is_there(manifest: pl.DataFrame, classes: Sequence[str]) -> dg.AssetCheckResult:
    """Whether each class has a box in train and one in test."""
    boxes = manifest.select("split", "boxes").explode("boxes", empty_as_null=True).drop_nulls("boxes").unnest("boxes")
    there = set(boxes.select("split", "label").unique().iter_rows())
    lacking = [f"{name} in {split}" for name in classes for split in (TRAIN, TEST) if (split, name) not in there]
    facts: Facts = {"no object of": ", ".join(lacking) or "none lacks"}
    return _warning("every_class_is_there", "labeled_dataset", not lacking, facts)


def confidence_is_calibrated(error: float | None, most: float) -> dg.AssetCheckResult:
    """Whether the expected calibration error is small; a model that shows no box has none."""
    facts: Facts = {
        "expected calibration error": "no box shown" if error is None else error,
        "asked": f"at most {most:g}",
    }
    return _warning("confidence_is_calibrated", "evaluation_report", error is None or error <= most, facts)


def _warning(name: str, asset: str, passed: bool, facts: Facts) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=asset,
        passed=bool(passed),
        severity=dg.AssetCheckSeverity.WARN,
        metadata=facts,
    )
