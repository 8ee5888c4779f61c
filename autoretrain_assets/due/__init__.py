"""What is due on a home, and why. The sensors ask and the commands ask; both hear the same."""

from autoretrain_assets.due.days import answers, collected_at, events, oldest_task, open_tasks, waiting_tasks
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
    "answers",
    "collected_at",
    "events",
    "labelled_so_far",
    "last_decision",
    "learns_from",
    "oldest_task",
    "open_tasks",
    "retraining",
    "waiting",
    "waiting_tasks",
]
