"""The three jobs of the loop: a day's feedback, a day's answers, a version."""

import dagster as dg

FEEDBACK = dg.define_asset_job(
    "feedback",
    selection=["raw_feedback", "drift_report", "mined_samples", "cvat_tasks"],
    description="Take in a day's events, look for drift, choose what is worth labelling, open its task. "
    "Past days may be run again: what people were asked for stays, and a day where nothing changed changes nothing.",
)

LABELS = dg.define_asset_job(
    "labels",
    selection=["annotations"],
    description="Collect and review the answers of a day's finished tasks.",
)

RETRAIN = dg.define_asset_job(
    "retrain",
    selection=[
        "labeled_dataset",
        "finetuned_checkpoint",
        "evaluation_report",
        "release_decision",
        "production_model",
    ],
    description="Make a dataset version, fine-tune on it, measure the candidate, decide, and release it if it may be.",
)

JOBS = [FEEDBACK, LABELS, RETRAIN]
