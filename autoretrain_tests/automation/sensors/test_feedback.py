"""feedback_arrived: each day with something to take in gets a run, and one at a time."""

import socket
import sys
import time

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from autoretrain_assets.loop import opened
from autoretrain_tests.feedback.remotes import in_folder
from autoretrain_tests.homes import DAY, NEXT, laid_out, send, take_in, ticked

STATUS = dg.DagsterRunStatus


@pytest.fixture
def home(tmp_path):
    return laid_out(tmp_path / "home", "automation.retry_seconds=0")


def look(home, instance):
    return ticked(home, instance, "feedback_arrived")


def run(instance, wanted, status):
    return create_run_for_test(instance, job_name=wanted.job_name, status=status, tags=dict(wanted.tags))


def test_an_empty_inbox_starts_nothing_and_says_so(home, instance):
    answer = look(home, instance)
    assert answer.run_requests == []
    assert answer.skip_message == "no event waits in the inbox"


def test_each_day_with_events_gets_a_run_of_its_own(home, instance):
    send(home, "one", DAY)
    send(home, "two", NEXT)
    wanted = look(home, instance).run_requests
    assert [(one.job_name, one.tags["dagster/partition"]) for one in wanted] == [
        ("feedback", str(DAY)),
        ("feedback", str(NEXT)),
    ]
    assert {one.tags["autoretrain/why"] for one in wanted} == {"events arrived"}
    assert [one.run_key for one in look(home, instance).run_requests] == [one.run_key for one in wanted]


def test_a_late_event_asks_for_its_day_again_with_another_run_key(home, instance):
    send(home, "one")
    [first] = look(home, instance).run_requests
    take_in(home, DAY)
    run(instance, first, STATUS.SUCCESS)
    assert look(home, instance).run_requests == []

    send(home, "late")
    [again] = look(home, instance).run_requests
    assert again.run_key != first.run_key
    assert again.tags["dagster/partition"] == str(DAY)


def test_a_day_that_is_worked_on_is_not_asked_for_and_another_is(home, instance):
    send(home, "one", DAY)
    [wanted] = look(home, instance).run_requests
    started = run(instance, wanted, STATUS.STARTED)
    assert look(home, instance).skip_message == f"{DAY}: run {started.run_id[:8]} is at it"

    send(home, "two", NEXT)
    assert [one.tags["dagster/partition"] for one in look(home, instance).run_requests] == [str(NEXT)]


def test_a_run_between_two_of_its_tables_is_left_to_its_work(home, monkeypatch):
    send(home, "one")
    mining, seen = sys.modules["autoretrain_assets.assets.mined_samples"], []
    mine = mining.mine

    def looked_at(*args, **more):
        seen.append(look(home, loop.instance))
        return mine(*args, **more)

    monkeypatch.setattr(mining, "mine", looked_at)
    with opened(home) as loop:
        loop.feedback(DAY)
    assert [(one.run_requests, one.skip_message[-9:]) for one in seen] == [([], " is at it")]


def test_a_day_that_fails_for_ever_is_given_up(home, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(sys.modules["autoretrain_assets.assets.mined_samples"], "mine", broken)
    send(home, "one")
    keys = []
    with opened(home) as loop:
        while wanted := look(home, loop.instance).run_requests:
            keys += [one.run_key for one in wanted]
            assert len(keys) < 9
            loop.definitions.resolve_job_def("feedback").execute_in_process(
                instance=loop.instance, partition_key=str(DAY), tags=dict(wanted[0].tags), raise_on_error=False
            )
        assert "nothing is tried until something about it changes" in look(home, loop.instance).skip_message
    assert len(set(keys)) == len(keys) == 1 + home.settings.automation.attempts


def with_remote(tmp_path, *urls):
    listed = ", ".join(urls)
    options = [f"feedback.allowed_inboxes=[{listed}]", f"feedback.inboxes=[{listed}]", "feedback.drain_seconds=3"]
    return laid_out(tmp_path / "remote-home", *options)


def test_an_event_that_arrives_elsewhere_asks_for_its_day(tmp_path, instance):
    remote = in_folder(tmp_path / "far")
    home = with_remote(tmp_path, remote.url)
    assert look(home, instance).skip_message == "no event waits in the inbox"

    remote.send("e1", captured_at=f"{DAY}T10:00:00+00:00")
    assert [one.tags["dagster/partition"] for one in look(home, instance).run_requests] == [str(DAY)]
    take_in(home, DAY)
    assert home.raw_feedback.read(DAY)["event_id"].to_list() == ["e1"]
    assert remote.left() == []


def test_a_remote_inbox_that_is_away_is_told_and_local_events_are_taken_in(tmp_path, instance):
    url = f"file://{tmp_path}/nowhere"
    home = with_remote(tmp_path, url)
    assert look(home, instance).skip_message == f"{url} does not exist: make it, or mend feedback.inboxes."

    send(home, "one")
    assert [one.tags["dagster/partition"] for one in look(home, instance).run_requests] == [str(DAY)]


@pytest.mark.slow
def test_a_server_that_hangs_holds_no_tick_up(tmp_path, instance, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "id")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        server = f"feedback.storage_options.endpoint_url=http://127.0.0.1:{port}"
        home = laid_out(
            tmp_path / "remote-home", "feedback.inboxes=['s3://a/b', 's3://c/d']", "feedback.drain_seconds=4", server
        )
        send(home, "one")
        began = time.monotonic()
        wanted = look(home, instance).run_requests
        took = time.monotonic() - began

    assert [one.tags["dagster/partition"] for one in wanted] == [str(DAY)]
    assert took < 8
