"""release_decision: promote or hold, rule by rule."""

import dagster as dg
import polars as pl

from autoretrain_assets import story
from autoretrain_assets.assets import reporting, settled, showing
from autoretrain_assets.assets.evaluation_report import evaluation_report
from autoretrain_assets.automation.attempts import why
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.evaluation import stored
from autoretrain_assets.evaluation.report import METRIC_NAMES
from autoretrain_assets.home import Home
from autoretrain_assets.release import decisions
from autoretrain_assets.release.gate import decide
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.store.base import Commit

SHOWN = [
    "rule",
    pl.when(~pl.col("passed"))
    .then(pl.lit("fails"))
    .when(pl.col("figure").is_null())
    .then(pl.lit("not asked"))
    .otherwise(pl.lit("holds"))
    .alias("verdict"),
    "figure",
    pl.col("threshold").str.replace_all(" ", "\N{NO-BREAK SPACE}").alias("asked"),
    pl.concat_str(
        pl.when(pl.col("compare") == "difference").then(pl.lit("change of ")).otherwise(pl.lit("")),
        pl.col("metric").replace(METRIC_NAMES),
        pl.lit(" in "),
        "slice",
        (pl.lit(" of ") + pl.col("label")).fill_null(""),
    ).alias("of"),
    "images",
]
"""What the page says of a rule; the sentences of those that decided stand above."""


@dg.asset(partitions_def=VERSIONS, group_name="release", deps=[evaluation_report], kinds={"json"})
def release_decision(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """The owner's rules applied to the evidence: promote when all hold, hold otherwise, with every figure.

    A rule that fails holds the version back, be it for its figure or for too few images to tell. A rule is not asked
    where there is no model in production to compare with, or where it is optional and nothing was there to measure.
    What was released, or was followed by another decision, keeps its own: today's rules are for what comes.
    """
    place, version = home.open(), context.partition_key
    commit = None
    if stands := settled.why(place, version):
        context.log.info(f"{version} is not decided anew, for {stands}: its decision stays as it was made.")
    else:
        commit = _decide(place, version)
    content = decisions.read(place.store, version)
    page = reporting.write_page(place, version, content)
    verdicts = pl.DataFrame(
        content["verdicts"], schema_overrides={"figure": pl.Float64, "label": pl.String}, infer_schema_length=None
    )
    return dg.MaterializeResult(
        metadata={
            "decision": content["outcome"],
            "why": showing.sentences(content["reasons"]),
            "rule by rule": showing.table(verdicts.select(SHOWN)),
            "measured against": content["champion"] or "nothing: no model is in production",
            "why this run": why(context),
            "page": dg.MetadataValue.path(page),
        }
        | ({"commit": showing.commit(place, commit.id)} if commit else {})
    )


def _decide(place: Home, version: str) -> Commit:
    evaluation = stored.read(place.store, version)
    decision = decide(evaluation.metrics, evaluation.latency_ms, place.settings.release.rules)
    content = {**decision.as_json(), "champion": evaluation.champion}
    return decisions.write(place.store, version, content, story.of(place, version))
