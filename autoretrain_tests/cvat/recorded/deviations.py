"""Where the stand-in differs from the recordings on purpose, all of it, and why."""

import re

DEVIATIONS = {
    r"\.(created|updated|started|finished|expiry|chunks_updated)_date(\.(from|to))?$": "each server has its own clock",
    r"\.color$": "a label's colour is a matter of taste",
    r"^/api/server/about\.description$": "the stand-in says what it is in its own words",
    r"^/api/auth/login\.key$": "a token is random, and was not recorded",
    r"^/api/tasks/43/data/meta\.frames\[\d+\]\.(name|width|height)$": "a random order is another one each time",
    r"^/api/tasks/43/validation_layout\.honeypot_(real_)?frames\[\d+\]$": "a random order is another one each time",
}
"""A pattern of "path.field" whose values may differ; their JSON types agree all the same."""

ELSEWHERE = (
    "What runs in the background is done before the answer that names it; `world.unfinished` lets it look otherwise.",
    "Texts of refusals that were not recorded are our own: two ground truth jobs, a quality report too early, ...",
    "Quality reports have the counts for boxes alone, matched greedily; the real one knows every kind of shape.",
    "Quality settings hold the fields that matter for boxes.",
    "A job's preview, consensus, cloud storages, backups, guides, lambda functions and imports are not there.",
    "Rights are those of owner, assignee, admin and an organization's leaders; the real ones are finer.",
    "Jobs hand their frames out as original images, whatever quality is asked for.",
)
"""What no recording shows."""


def excused(place: str) -> str | None:
    """Why the value at this place may differ; None where it may not."""
    return next((why for pattern, why in DEVIATIONS.items() if re.search(pattern, place)), None)
