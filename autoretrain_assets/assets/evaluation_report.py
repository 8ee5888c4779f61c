"""evaluation_report: champion and challenger on the same sealed test, now."""

import dagster as dg
import polars as pl

from autoretrain_assets.assets import showing
from autoretrain_assets.assets.finetuned_checkpoint import finetuned_checkpoint
from autoretrain_assets.automation.partitions import VERSIONS
from autoretrain_assets.resources import HomeResource


@dg.asset(partitions_def=VERSIONS, group_name="evaluation", deps=[finetuned_checkpoint], kinds={"coco", "html"})
def evaluation_report(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult:
    """COCO mAP per class, slice and object size, false positives, latency; with pictures of what changed.

    Both models are measured by this run: no figure is taken from an earlier one.
    """
    return dg.MaterializeResult()
