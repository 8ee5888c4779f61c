"""Feedback arrived: a run for each day that has events waiting."""

from datetime import UTC, datetime

import dagster as dg

from autoretrain_assets import due
from autoretrain_assets.automation.attempts import request_days
from autoretrain_assets.automation.jobs import FEEDBACK
from autoretrain_assets.automation.sensors.tick import tick
from autoretrain_assets.feedback.remote import drain
from autoretrain_assets.resources import HomeResource


def feedback_arrived(seconds: int) -> dg.SensorDefinition:
    """Looks into the inboxes; a late event asks for its own day again, and a remote that is away stops no local one."""

    @dg.sensor(
        job=FEEDBACK,
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts `feedback` for each day that has events waiting in the inbox.",
    )
    def feedback_arrived(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        place, now = home.open(), datetime.now(UTC)
        rules = place.settings.feedback
        drained = drain(place.inbox, rules, now, rules.drain_seconds)
        asked = request_days(
            context.instance, "feedback", due.events(place, now), "events arrived", place.settings.automation, now
        )
        nothing = "no event waits in the inbox" if place.inbox.is_dir() else f"{place.inbox} is gone: make or mount it"
        return tick(context, [*drained, *asked], nothing)

    return feedback_arrived
