"""Tasks finished: a run for each day with answers to collect."""

from datetime import UTC, datetime

import dagster as dg

from autoretrain_assets import due
from autoretrain_assets.automation.attempts import request_days
from autoretrain_assets.automation.jobs import LABELS
from autoretrain_assets.automation.sensors.tick import tick
from autoretrain_assets.resources import HomeResource


def answers_finished(seconds: int) -> dg.SensorDefinition:
    """Asks the labelling backend, which alone knows, about the tasks that are open; no open task, no question."""

    @dg.sensor(
        job=LABELS,
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts `labels` for each day with a labelling task that people finished.",
    )
    def answers_finished(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        place, now = home.open(), datetime.now(UTC)
        asked = request_days(
            context.instance, "labels", due.answers(place), "a task is finished", place.settings.automation, now
        )
        return tick(context, asked, _nothing(due.open_tasks(place)))

    return answers_finished


def _nothing(tasks: int) -> str:
    return f"no task is finished, {tasks} open" if tasks else "no task waits for people"
