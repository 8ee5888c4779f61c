"""Tasks finished: a run for each day with answers to collect."""

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from autoretrain_assets import due
from autoretrain_assets.automation.attempts import left, request_days
from autoretrain_assets.automation.jobs import LABELS
from autoretrain_assets.automation.sensors import silence
from autoretrain_assets.automation.sensors.asking import Asked, every_s, impatient
from autoretrain_assets.automation.sensors.tick import tick
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling import nudge
from autoretrain_assets.resources import HomeResource


def answers_finished(seconds: int) -> dg.SensorDefinition:
    """Asks the labelling backend, which alone knows, about all tasks at once; no task, no question.

    A server that does not answer is told of and asked again later: it makes no run fail and stops nothing else.
    """

    @dg.sensor(
        job=LABELS,
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts `labels` for each day with a labelling task, or a job of one, that people finished.",
    )
    def answers_finished(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        place, now = home.open(), datetime.now(UTC)
        last, nudged = Asked.of(context.cursor), nudge.last(place.nudge)
        if waits := last.waits(nudged, now, every_s(place)):
            return tick(context, [], waits, cursor=context.cursor)
        try:
            marks = due.answers(impatient(place))
        except LabelingError as error:
            kept, unsent = silence.told(last.silence, error, place, now)
            told = f"nothing was collected: {error}{unsent}"
            return tick(context, [], told, cursor=Asked(now, nudged, told, kept).cursor)
        waits = left(context.instance, "labels", marks) or left(context.instance, "feedback", due.unopened(place))
        kept, unsent = silence.told(last.silence, silence.of_runs(waits), place, now)
        asked = request_days(context.instance, "labels", marks, "a task is finished", place.settings.automation, now)
        told = (_told(asked) or _nothing(due.waiting_tasks(place))) + unsent
        return tick(context, asked, told, cursor=Asked(now, nudged, told, kept).cursor)

    return answers_finished


def _told(asked: Sequence[dg.RunRequest | str]) -> str:
    return "; ".join(one if isinstance(one, str) else f"a task of {one.partition_key} is finished" for one in asked)


def _nothing(waiting: Sequence[due.Opened]) -> str:
    in_part = "".join(f"; {one.task.key}: {one.in_part}" for one in waiting if one.is_partly_collected)
    return f"no task is finished, {len(waiting)} open{in_part}" if waiting else "no task waits for people"
