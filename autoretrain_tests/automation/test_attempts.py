"""Work is asked for once, again when it failed, and not for ever."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from autoretrain_assets.automation.attempts import request
from autoretrain_assets.config.settings import Automation

SETTINGS = Automation(attempts=3, retry_seconds=120)
STATUS = dg.DagsterRunStatus


def asked(instance, mark="aaaa", seconds=0.0, job="feedback", partition="2025-03-02"):
    """What is answered so many seconds from now."""
    now = datetime.now(UTC) + timedelta(seconds=seconds)
    return request(instance, job, partition, mark, "events arrived", SETTINGS, now)


def run(instance, wanted, status):
    """The run that Dagster makes of a request."""
    tags = {**wanted.tags, "dagster/partition": wanted.partition_key}
    return create_run_for_test(instance, job_name=wanted.job_name, status=status, tags=tags)


def fail(instance, mark="aaaa", seconds=0.0):
    """A run that began and failed just now, asked for so many seconds from now."""
    started = run(instance, asked(instance, mark, seconds), STATUS.STARTED)
    instance.report_run_failed(started)
    return started


def test_a_request_says_what_for_and_why(instance):
    wanted = asked(instance)
    assert (wanted.job_name, wanted.partition_key) == ("feedback", "2025-03-02")
    assert wanted.run_key == "feedback 2025-03-02 aaaa #1"
    assert wanted.tags == {"autoretrain/work": "feedback 2025-03-02 aaaa", "autoretrain/why": "events arrived"}


@pytest.mark.parametrize("status", [STATUS.NOT_STARTED, STATUS.STARTING, STATUS.STARTED, STATUS.CANCELING])
def test_a_run_in_progress_means_no_second_request(instance, status):
    started = run(instance, asked(instance), status)
    for mark in ("aaaa", "what waits changed meanwhile"):
        assert asked(instance, mark, 1e6) == f"2025-03-02: run {started.run_id[:8]} is at it"


def test_a_run_in_progress_stops_neither_another_day_nor_another_job(instance):
    run(instance, asked(instance), STATUS.STARTED)
    assert isinstance(asked(instance, partition="2025-03-03"), dg.RunRequest)
    assert isinstance(asked(instance, job="labels"), dg.RunRequest)


def test_a_run_that_somebody_started_by_hand_is_waited_for(instance):
    run(instance, dg.RunRequest(job_name="feedback", partition_key="2025-03-02"), STATUS.STARTED)
    assert "is at it" in asked(instance)


def test_a_failed_run_is_asked_for_again_with_another_key_after_the_pause(instance):
    failed = fail(instance)
    assert asked(instance).startswith(f"2025-03-02: run {failed.run_id[:8]} failed; tried again at ")
    assert "tried again" in asked(instance, seconds=110)
    again = asked(instance, seconds=121)
    assert again.run_key == "feedback 2025-03-02 aaaa #2"
    assert again.tags["autoretrain/attempt"] == "2"


def test_the_pause_doubles_and_after_the_last_attempt_nothing_is_tried(instance):
    fail(instance)
    fail(instance, seconds=121)
    assert "tried again" in asked(instance, seconds=230)
    failed = fail(instance, seconds=241)
    sentence = f"2025-03-02: tried 3 times, run {failed.run_id[:8]} failed; nothing is tried until something"
    assert asked(instance, seconds=1e6).startswith(sentence)


def test_after_the_last_attempt_it_is_asked_for_when_what_waits_changes(instance):
    for seconds in (0, 121, 241):
        fail(instance, seconds=seconds)
    assert asked(instance, "bbbb").run_key == "feedback 2025-03-02 bbbb #1"


@pytest.mark.parametrize(("status", "says"), [(STATUS.CANCELED, "failed"), (STATUS.SUCCESS, "ended and left it")])
def test_a_run_that_ended_and_left_its_work_is_an_attempt_too(instance, status, says):
    run(instance, asked(instance), status)
    assert says in asked(instance, seconds=60)
    assert asked(instance, seconds=121).run_key.endswith("#2")


def test_a_clock_set_back_does_not_block_a_retry(instance):
    fail(instance)
    assert asked(instance, seconds=-86400).run_key.endswith("#2")
