"""release_decision: promote or hold, rule by rule."""

import json

import dagster as dg
import polars as pl

from autoretrain_assets.assets import reporting, showing
from autoretrain_assets.assets.evaluation_report import evaluation_report
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.release.gate import decide
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.store import artifacts

SHOWN = ["rule", "slice", "champion", "challenger", "figure", "threshold", "images", "passed", "why"]


@dg.asset(partitions_def=VERSIONS, group_name="release", deps=[evaluation_report], kinds={"json"})
def release_decision(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """The owner's rules applied to the evidence: promote when all hold, hold otherwise, with every figure."""
    place, version = home.open(), context.partition_key
    evaluation = reporting.read(place, version)
    decision = decide(evaluation.metrics, evaluation.latency_ms, place.settings.release.rules)
    content = {**decision.as_json(), "champion": evaluation.champion}
    files = {"decision.json": json.dumps(content, indent=2, sort_keys=True).encode()}
    artifacts.put(place.store, version, files, f"Decision {version}: {decision.outcome}")
    page = reporting.write_page(place, version, content)
    verdicts = pl.DataFrame(content["verdicts"], infer_schema_length=None).select(SHOWN)
    return dg.MaterializeResult(
        metadata={
            "decision": decision.outcome,
            "why": dg.MetadataValue.md("\n".join(f"- {reason}" for reason in decision.reasons)),
            "rules": showing.table(
                verdicts.select(
                    "rule", "slice", "champion", "challenger", "figure", "threshold", "images", "passed", "why"
                )
            ),
            "champion": evaluation.champion or "none",
            "page": dg.MetadataValue.path(page),
        }
    )
