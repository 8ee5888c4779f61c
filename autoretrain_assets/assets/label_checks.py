"""What is checked of a day's labels."""

import dagster as dg
import polars as pl

from autoretrain_assets.assets import checks
from autoretrain_assets.labeling.ready import TOLD
from autoretrain_assets.words import floored, many

ANNOTATIONS = [
    dg.AssetCheckSpec(
        "answers_sent_back",
        asset="annotations",
        description="Few of the answers failed the review. A task with one that did goes back to its people.",
    ),
    dg.AssetCheckSpec(
        "labels_agree_with_known_answers",
        asset="annotations",
        description="Labels agree with known answers, where any were hidden among the images. Else the day stays out.",
    ),
    dg.AssetCheckSpec(
        "classes_are_known",
        asset="annotations",
        description="Each label is a class of the model, or a refused one. Images with another one wait for the owner.",
    ),
]


def answers_sent_back(accepted: int, rejected: int, most: float) -> dg.AssetCheckResult:
    """Of the answers that this run reviewed, how many were not good enough."""
    share = rejected / max(1, accepted + rejected)
    told = f"{rejected} of {accepted + rejected} answers were sent back: {checks.asked(share, most)}"
    facts: checks.Facts = {"share": share, "asked": f"at most {most:g}", "sent back": rejected}
    return checks.warning("answers_sent_back", "annotations", share <= most, told, facts)


def labels_agree_with_known_answers(days: pl.DataFrame, least: float) -> dg.AssetCheckResult:
    """Whether none of `days` is blocked; they are as labeling.ready has them, so one that was not measured is none."""
    name, measured = "labels_agree_with_known_answers", int(days["measured"].sum())
    if not measured:
        return checks.warning(name, "annotations", True, "no label was measured.", {})
    quality = float(days["quality"].to_numpy().min())
    told = f"by {floored(quality)}, on {many(measured, 'image')}; at least {least:g} is asked."
    facts: checks.Facts = {"quality": quality, "asked": f"at least {least:g}", "measured": measured}
    return checks.warning(name, "annotations", not days["blocked"].any(), told, facts)


def classes_are_known(proposed: pl.DataFrame) -> dg.AssetCheckResult:
    """Whether no label is a proposed class."""
    names = ", ".join(proposed["class"].head(TOLD)) or "none"
    count = many(proposed.height, "proposed class", "proposed classes")
    boxes = many(int(proposed["boxes"].sum()), "box", "boxes")
    told = "no class was proposed." if proposed.is_empty() else f"{count}, {boxes} in all: {names}."
    return checks.warning("classes_are_known", "annotations", proposed.is_empty(), told, {"proposed": names})
