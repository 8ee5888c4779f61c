"""What a tick tells: why it starts a run, in its log; and why it starts none, without a log that would stay for ever."""

import dagster as dg
import pytest

from autoretrain_assets.automation.attempts import WHY
from autoretrain_assets.automation.sensors.tick import tick

RUN = dg.RunRequest(job_name="feedback", partition_key="2026-03-05", tags={WHY: "events arrived"})


@pytest.fixture
def told(monkeypatch):
    """A tick's context, and the sentences of its log."""
    context, sentences = dg.build_sensor_context(), []
    monkeypatch.setattr(context.log, "info", sentences.append)
    return context, sentences


@pytest.mark.parametrize(
    ("asked", "log", "skipped"),
    [
        ([], [], "nothing waits"),
        (["a run is at it"], [], "a run is at it"),
        ([RUN], ["feedback 2026-03-05: events arrived"], None),
        (["a run is at it", RUN], ["feedback 2026-03-05: events arrived", "a run is at it"], None),
    ],
)
def test_every_reason_is_told_once(told, asked, log, skipped):
    context, sentences = told

    result = tick(context, asked, "nothing waits")

    assert sentences == log
    assert (result.skip_reason.skip_message if result.skip_reason else None) == skipped
