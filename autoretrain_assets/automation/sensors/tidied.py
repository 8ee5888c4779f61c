"""Tidied: once a day, what is old goes."""

from datetime import UTC, datetime

import dagster as dg

from autoretrain_assets.automation.sensors.tick import tick
from autoretrain_assets.automation.tidying import tidy
from autoretrain_assets.resources import HomeResource


def tidied(seconds: int) -> dg.SensorDefinition:
    """A sensor and not a scheduled job, for a run a day to remove runs would be one more to remove."""

    @dg.sensor(
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Once a day removes runs that are older than automation.keep_days and were followed by others.",
    )
    def tidied(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        now = datetime.now(UTC)
        today = now.date().isoformat()
        if context.cursor and context.cursor.startswith(today):
            return tick(context, [], context.cursor)
        done = tidy(home.open(), context.instance, now)
        return tick(context, [], f"{today}: {done}", cursor=f"{today}: {done}")

    return tidied
