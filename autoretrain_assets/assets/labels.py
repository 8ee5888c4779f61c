"""How good the labels are, as the pages of annotations and labeled_dataset show it."""

from collections.abc import Mapping
from typing import Any

from autoretrain_assets.assets import showing
from autoretrain_assets.config.labeling import Labeling
from autoretrain_assets.labeling.ready import TOLD, Ready, told


def metadata(found: Ready, settings: Labeling) -> Mapping[str, Any]:
    """What waits and why, and how far the answers agree with known ones."""
    reasons = list(told(found, settings))
    return {
        "proposed classes": showing.table(found.proposed.head(TOLD)),
        "images that wait for a class": found.waiting.len(),
        "labels held against known answers": showing.table(found.days.drop("blocked")),
        "blocked days": ", ".join(map(str, found.blocked["day"])) or "none",
        "held back": showing.sentences(reasons) if reasons else "nothing",
    }
