"""Why a retraining is due, or why not yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from autoretrain_assets.config.settings import Retrain


@dataclass(frozen=True, slots=True)
class Waiting:
    """What came since the last decision: labelled images that no decided version has, and their days in drift alarm."""

    new_labels: int
    drift_days: Sequence[date]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`trigger` is drift, labels or None; `why` is what an owner reads."""

    trigger: str | None
    why: str


def retraining_due(waiting: Waiting, settings: Retrain) -> Verdict:
    """Whether what waits is enough."""
    labels = f"{waiting.new_labels} new labelled images"
    if waiting.drift_days and waiting.new_labels >= settings.min_new_labels_on_drift:
        days = ", ".join(str(day) for day in waiting.drift_days)
        return Verdict("drift", f"{labels}, and drift on {days}: {settings.min_new_labels_on_drift} are enough then")
    if waiting.new_labels >= settings.min_new_labels:
        return Verdict("labels", f"{labels}: {settings.min_new_labels} are enough")
    needed = settings.min_new_labels_on_drift if waiting.drift_days else settings.min_new_labels
    return Verdict(None, f"{labels}: {needed} are needed")
