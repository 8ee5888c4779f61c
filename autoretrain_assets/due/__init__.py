"""What is due on a home, and why. The sensors ask and the commands ask; both hear the same."""

from autoretrain_assets.due.days import answers, answers_among, events
from autoretrain_assets.due.labels import agreement, disagreements, held_back, labels
from autoretrain_assets.due.tasks import (
    Opened,
    at_desk,
    collected_at,
    not_done,
    opened_tasks,
    unopened,
    waiting_tasks,
)
from autoretrain_assets.due.versions import (
    Retraining,
    labelled_so_far,
    last_decision,
    learns_from,
    retraining,
    waiting,
)

__all__ = [
    "Opened",
    "Retraining",
    "agreement",
    "answers",
    "answers_among",
    "at_desk",
    "collected_at",
    "disagreements",
    "events",
    "held_back",
    "labelled_so_far",
    "labels",
    "last_decision",
    "learns_from",
    "not_done",
    "opened_tasks",
    "retraining",
    "unopened",
    "waiting",
    "waiting_tasks",
]
