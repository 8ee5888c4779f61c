"""answers_finished on a labelling server: few questions, seldom, and none that can stop the loop."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from msgspec import structs

from autoretrain_assets.automation.sensors.asking import Asked
from autoretrain_assets.labeling import nudge
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.homes import crowd, home_on
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.homes import DAY, send, take_in, ticked
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in"]
SENSOR = "answers_finished"


@pytest.fixture
def home(cvat_signed_in, tmp_path):
    """One task waits on the server."""
    home = home_on(cvat_signed_in, tmp_path / "home", "automation.retry_seconds=0")
    send(home, "one")
    take_in(home, DAY)
    cvat_signed_in.log.clear()
    return home


def finish(server, home):
    [number] = home.cvat_tasks.read(DAY)["task_id"]
    Person(server).finish(int(number))
    server.log.clear()


def test_a_thousand_tasks_cost_a_dozen_requests(cvat_server, home, instance):
    crowd(cvat_server, home, waiting=499, collected=500)

    looked = ticked(home, instance, SENSOR)
    assert looked.skip_message == "no task is finished, 500 open"
    assert cvat_server.log.count() <= 12
    assert cvat_server.log.count("/api/jobs/|/api/tasks/") == 0


def test_it_asks_again_only_after_a_while(cvat_server, home, instance):
    first = ticked(home, instance, SENSOR)
    asked = cvat_server.log.count()
    finish(cvat_server, home)

    second = ticked(home, instance, SENSOR, first.cursor)
    assert second.skip_message.startswith("no task is finished, 1 open; asked at ")
    assert (asked, cvat_server.log.count(), second.cursor) == (1, 0, first.cursor)
    for at in (datetime.now(UTC) - timedelta(seconds=61), datetime.now(UTC) + timedelta(days=1)):
        assert len(ticked(home, instance, SENSOR, Asked(at).cursor).run_requests) == 1


def test_a_nudge_makes_it_ask_at_once_and_once(cvat_server, home, instance):
    first = ticked(home, instance, SENSOR)
    finish(cvat_server, home)
    nudge.give(home.nudge, datetime.now(UTC))

    second = ticked(home, instance, SENSOR, first.cursor)
    assert [run.job_name for run in second.run_requests] == ["labels"]
    assert cvat_server.log.count() == 1
    assert "asked at" in ticked(home, instance, SENSOR, second.cursor).skip_message
    assert cvat_server.log.count() == 1


def test_a_cursor_of_another_kind_means_that_it_asks(cvat_server, home, instance):
    assert ticked(home, instance, SENSOR, "what is this").skip_message == "no task is finished, 1 open"


@pytest.mark.parametrize("fault", ["broken", "gateway", "stranger", "expired", "cut before", "throttled"])
def test_a_server_that_fails_makes_a_tick_that_says_so_and_no_run(cvat_server, home, instance, fault):
    finish(cvat_server, home)
    cvat_server.faults.add("/api/", fault, times=100)

    looked = ticked(home, instance, SENSOR)
    assert looked.run_requests == []
    assert looked.skip_message.startswith("nothing was collected: ")
    assert cvat_server.token not in looked.skip_message + looked.cursor
    cvat_server.faults.clear()
    assert "asked at" in ticked(home, instance, SENSOR, looked.cursor).skip_message
    later = Asked(datetime.now(UTC) - timedelta(minutes=2)).cursor
    assert len(ticked(home, instance, SENSOR, later).run_requests) == 1


def test_a_run_that_met_a_silent_server_is_no_attempt_and_is_made_again(cvat_server, home, instance):
    finish(cvat_server, home)
    [wanted] = ticked(home, instance, SENSOR).run_requests
    cvat_server.faults.add("/api/jobs", "broken", times=100)
    for _ in range(4):
        [again] = ticked_while_it_answers(cvat_server, home, instance)
        assert again.tags["autoretrain/work"] == wanted.tags["autoretrain/work"]
        assert run(home, instance, again).success
    cvat_server.faults.clear()
    [last] = ticked(home, instance, SENSOR).run_requests
    assert run(home, instance, last).success
    assert home.annotations.read(DAY).height == 1
    assert ticked(home, instance, SENSOR).run_requests == []


def ticked_while_it_answers(server, home, instance):
    """The runs that a tick asks for while nothing is wrong."""
    waiting, server.faults.waiting = server.faults.waiting, []
    found = ticked(home, instance, SENSOR).run_requests
    server.faults.waiting = waiting
    return found


def run(home, instance, wanted: dg.RunRequest):
    """The run in this process."""
    from autoretrain_assets import definitions

    job = definitions.build(home.root).resolve_job_def(wanted.job_name)
    return job.execute_in_process(instance=instance, partition_key=wanted.partition_key, tags=dict(wanted.tags))


def alerts(home):
    """What the owner was told, without when."""
    return (
        [line.partition(" UTC  ")[2] for line in home.alerts.read_text().splitlines()] if home.alerts.exists() else []
    )


def ticked_after(home, instance, cursor, minutes):
    """A tick so long after the last one, by a cursor that is set back."""
    last, ago = Asked.of(cursor), timedelta(minutes=minutes)
    since = last.silence.since and last.silence.since - ago
    earlier = structs.replace(last, at=last.at - ago, silence=structs.replace(last.silence, since=since))
    return ticked(home, instance, SENSOR, earlier.cursor)


def test_credentials_that_expire_while_nobody_looks_are_one_alert_and_one_when_they_are_mended(
    cvat_server, home, instance
):
    cvat_server.faults.add("/api/", "expired", times=1000)
    looked = ticked(home, instance, SENSOR)
    for _ in range(3):
        looked = ticked_after(home, instance, looked.cursor, 60)
    [told] = alerts(home)
    assert told.startswith("labelling cannot be asked: CVAT at ")
    assert "does not take the credentials: mend CVAT_TOKEN" in told
    assert cvat_server.token not in told

    cvat_server.faults.clear()
    for _ in range(2):
        looked = ticked_after(home, instance, looked.cursor, 60)
    assert alerts(home)[1:] == ["labelling answers again: what people finished meanwhile is collected now."]


@pytest.mark.parametrize("fault", ["broken", "stranger", "cut before", "throttled"])
def test_a_server_that_fails_is_told_of_only_when_it_does_so_for_long(cvat_server, home, instance, fault):
    cvat_server.faults.add("/api/", fault, times=1000)
    looked = ticked(home, instance, SENSOR)
    looked = ticked_after(home, instance, looked.cursor, 20)
    assert alerts(home) == []
    looked = ticked_after(home, instance, looked.cursor, 20)
    assert len(alerts(home)) == 1
    looked = ticked_after(home, instance, looked.cursor, 20)
    assert len(alerts(home)) == 1
    cvat_server.faults.clear()
    ticked_after(home, instance, looked.cursor, 20)
    assert len(alerts(home)) == 2


def test_a_short_silence_is_no_alert_and_neither_is_its_end(cvat_server, home, instance):
    looked = ticked(home, instance, SENSOR)
    for _ in range(3):
        cvat_server.faults.add("/api/", "broken", times=1)
        looked = ticked_after(home, instance, looked.cursor, 25)
        looked = ticked_after(home, instance, looked.cursor, 25)
    assert alerts(home) == []


def test_an_alert_that_cannot_be_sent_is_still_told_once(cvat_server, home, instance, monkeypatch):
    monkeypatch.setenv("AUTORETRAIN_ALERTS", "nothing://that-is-known")
    cvat_server.faults.add("/api/", "expired", times=1000)
    looked = ticked(home, instance, SENSOR)
    assert "AUTORETRAIN_ALERTS" in looked.skip_message
    ticked_after(home, instance, looked.cursor, 60)
    assert len(alerts(home)) == 1


def test_what_each_run_has_to_leave_while_the_server_answers_the_sensor_is_told_of_too(cvat_server, home, instance):
    finish(cvat_server, home)
    cvat_server.faults.add("annotations", "broken", times=1000)
    looked = ticked(home, instance, SENSOR)
    assert run(home, instance, looked.run_requests[0]).success
    for _ in range(3):
        looked = ticked_after(home, instance, looked.cursor, 20)
    [told] = alerts(home)
    assert f"{DAY}: not all of its answers are collected yet" in told


def test_the_first_task_that_cannot_be_made_is_told_of(cvat_signed_in, tmp_path, instance):
    home = home_on(cvat_signed_in, tmp_path / "home", "automation.retry_seconds=0")
    send(home, "one")
    cvat_signed_in.faults.add("/api/", "expired", times=1000)
    for _ in range(5):
        [wanted] = ticked(home, instance, "feedback_arrived").run_requests
        assert run(home, instance, wanted).success
    looked = ticked(home, instance, SENSOR)
    for _ in range(3):
        looked = ticked_after(home, instance, looked.cursor, 20)
    [told] = alerts(home)
    assert f"{DAY}: its task is not opened yet" in told
    cvat_signed_in.faults.clear()
    [wanted] = ticked(home, instance, "feedback_arrived").run_requests
    assert run(home, instance, wanted).success
    ticked_after(home, instance, looked.cursor, 20)
    assert len(alerts(home)) == 2
