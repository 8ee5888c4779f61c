"""Why a retraining is due, or why not yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from autoretrain_assets.config.settings import Retrain
from autoretrain_assets.words import many


@dataclass(frozen=True, slots=True)
class Waiting:
    """What came since the last version: images that it lacks or has with other labels, those of them that are for
    training, their days in drift alarm, and how many it has with other labels."""

    new_labels: int
    to_train_on: int
    drift_days: Sequence[date]
    corrected: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`trigger` is drift, labels or None; `why` is what an owner reads."""

    trigger: str | None
    why: str


def retraining_due(waiting: Waiting, settings: Retrain) -> Verdict:
    """Whether what waits is enough."""
    corrected = f" ({waiting.corrected} of them corrected)" if waiting.corrected else ""
    labels = f"{many(waiting.new_labels, 'new labelled image')}{corrected}"
    if waiting.new_labels and not waiting.to_train_on:
        return Verdict(None, f"{labels}, all of test scenes: none to train on yet")
    if waiting.drift_days and waiting.new_labels >= settings.min_new_labels_on_drift:
        days = ", ".join(str(day) for day in waiting.drift_days)
        return Verdict("drift", f"{labels}, and drift on {days}: {settings.min_new_labels_on_drift} are enough then")
    if waiting.new_labels >= settings.min_new_labels:
        return Verdict("labels", f"{labels}: {settings.min_new_labels} are enough")
    needed = settings.min_new_labels_on_drift if waiting.drift_days else settings.min_new_labels
    return Verdict(None, f"{labels}: {needed} are needed")
