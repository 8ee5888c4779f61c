"""What is due on a home, and why. The sensors ask and the commands ask; both hear the same."""

from autoretrain_assets.due.days import answers, events
from autoretrain_assets.due.labels import agreement, held_back, labels
from autoretrain_assets.due.tasks import at_desk, collected_at, open_tasks, opened_tasks, waiting_tasks
from autoretrain_assets.due.versions import (
    Retraining,
    labelled_so_far,
    last_decision,
    learns_from,
    retraining,
    waiting,
)

__all__ = [
    "Retraining",
    "agreement",
    "answers",
    "at_desk",
    "collected_at",
    "events",
    "held_back",
    "labelled_so_far",
    "labels",
    "last_decision",
    "learns_from",
    "open_tasks",
    "opened_tasks",
    "retraining",
    "waiting",
    "waiting_tasks",
]
