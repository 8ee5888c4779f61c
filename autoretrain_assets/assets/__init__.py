"""The assets of the loop, one file each."""

from autoretrain_assets.assets.annotations import annotations
from autoretrain_assets.assets.cvat_tasks import cvat_tasks
from autoretrain_assets.assets.drift_report import drift_report
from autoretrain_assets.assets.evaluation_report import evaluation_report
from autoretrain_assets.assets.finetuned_checkpoint import finetuned_checkpoint
from autoretrain_assets.assets.labeled_dataset import labeled_dataset
from autoretrain_assets.assets.mined_samples import mined_samples
from autoretrain_assets.assets.production_model import production_model
from autoretrain_assets.assets.raw_feedback import raw_feedback
from autoretrain_assets.assets.release_decision import release_decision

ASSETS = [
    raw_feedback,
    drift_report,
    mined_samples,
    cvat_tasks,
    annotations,
    labeled_dataset,
    finetuned_checkpoint,
    evaluation_report,
    release_decision,
    production_model,
]

__all__ = ["ASSETS"]
