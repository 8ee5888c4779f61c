"""broken_off: a run without a process is ended, a living one is not, and a release reaches serving."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from autoretrain_assets import checkpoints
from autoretrain_assets.automation.sensors.broken_off import end_lost_runs
from autoretrain_assets.loop import opened
from autoretrain_assets.release import registry
from autoretrain_assets.resources import alive
from autoretrain_tests.holding import HOLD
from autoretrain_tests.homes import DAY, SHA256, decide, laid_out, send, ticked

STATUS = dg.DagsterRunStatus


@pytest.fixture
def home(tmp_path):
    return laid_out(tmp_path / "home", "automation.retry_seconds=0")


@pytest.fixture
def hold():
    """Processes that hold a lock until they are killed."""
    started = []

    def start(path):
        process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def look(home, instance):
    return ticked(home, instance, "broken_off").skip_message


def running(instance, status=STATUS.STARTED, **tags):
    return create_run_for_test(instance, job_name="feedback", status=status, tags=tags)


def status_of(instance, run):
    return instance.get_run_by_id(run.run_id).status


def test_where_nothing_broke_off_it_says_so(home, instance):
    assert look(home, instance) == "every run at work has its process, and serving sees the released model"


@pytest.mark.parametrize("status", [STATUS.STARTING, STATUS.STARTED, STATUS.CANCELING])
def test_a_run_lives_with_the_process_that_holds_its_lock_and_ends_with_it(home, instance, hold, status):
    run = running(instance, status)
    process = hold(alive(home.root, run.run_id))
    assert "every run at work has its process" in look(home, instance)
    assert status_of(instance, run) == status

    process.kill()
    process.wait()
    assert look(home, instance) == f"run {run.run_id[:8]} had no process any more: ended"
    assert status_of(instance, run) == STATUS.FAILURE
    assert not alive(home.root, run.run_id).exists()
    assert "every run at work has its process" in look(home, instance)


def test_the_work_of_a_lost_run_is_asked_for_again(home, instance, hold):
    send(home, "one")
    [wanted] = ticked(home, instance, "feedback_arrived").run_requests
    run = running(instance, **wanted.tags)
    process = hold(alive(home.root, run.run_id))
    assert ticked(home, instance, "feedback_arrived").run_requests == []

    process.kill()
    process.wait()
    look(home, instance)
    [again] = ticked(home, instance, "feedback_arrived").run_requests
    assert again.tags["dagster/partition"] == str(DAY)
    assert again.run_key != wanted.run_key


def test_a_run_that_never_took_its_lock_gets_time_to_begin(home, instance):
    run = running(instance, STATUS.STARTING)
    now, settings = datetime.now(UTC), home.settings.automation
    soon, late = (now + timedelta(seconds=settings.start_seconds + seconds) for seconds in (-10, 1))

    assert end_lost_runs(instance, home.root, settings, soon) == []
    assert status_of(instance, run) == STATUS.STARTING
    assert end_lost_runs(instance, home.root, settings, late) == [run.run_id]
    assert status_of(instance, run) == STATUS.FAILURE


def test_a_run_that_let_go_of_its_lock_gets_time_to_tell_dagster_of_its_end(home, instance):
    run = running(instance)
    alive(home.root, run.run_id).parent.mkdir(parents=True)
    alive(home.root, run.run_id).write_text("ended\n")
    now, settings = datetime.now(UTC), home.settings.automation
    soon, late = (now + timedelta(seconds=settings.start_seconds + seconds) for seconds in (-10, 1))

    assert end_lost_runs(instance, home.root, settings, soon) == []
    assert end_lost_runs(instance, home.root, settings, late) == [run.run_id]


def test_a_clock_set_back_keeps_no_lost_run_alive(home, instance):
    run = running(instance)
    assert end_lost_runs(instance, home.root, home.settings.automation, datetime.now(UTC) - timedelta(days=1)) == [
        run.run_id
    ]


def test_a_run_that_waits_for_its_turn_in_the_queue_is_left(home, instance):
    run = running(instance, STATUS.NOT_STARTED)
    end_lost_runs(instance, home.root, home.settings.automation, datetime.now(UTC) + timedelta(days=1))
    assert status_of(instance, run) == STATUS.NOT_STARTED


def test_a_run_that_ended_well_between_two_looks_stays_green(home, instance, monkeypatch):
    run = running(instance)
    alive(home.root, run.run_id).parent.mkdir(parents=True)
    alive(home.root, run.run_id).touch()
    look_at_runs = instance.get_run_records

    def just_before_it_ended(*args, **more):
        records = look_at_runs(*args, **more)
        instance.report_dagster_event(
            dg.DagsterEvent(event_type_value=dg.DagsterEventType.RUN_SUCCESS.value, job_name="feedback"), run.run_id
        )
        return records

    monkeypatch.setattr(instance, "get_run_records", just_before_it_ended)
    assert end_lost_runs(instance, home.root, home.settings.automation, datetime.now(UTC)) == []
    assert status_of(instance, run) == STATUS.SUCCESS


def test_the_slot_of_a_lost_run_is_free_for_the_next(home, instance):
    run = running(instance)
    alive(home.root, run.run_id).parent.mkdir(parents=True)
    alive(home.root, run.run_id).touch()
    storage = instance.event_log_storage
    storage.set_concurrency_slots("training", 1)
    assert storage.claim_concurrency_slot("training", run.run_id, "finetuned_checkpoint").is_claimed

    look(home, instance)
    assert storage.claim_concurrency_slot("training", "next", "finetuned_checkpoint").is_claimed


def test_a_release_that_serving_does_not_see_yet_is_put_there(home, instance):
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "better", "gate")

    assert look(home, instance) == f"v0001 was released and not served yet: {home.production} shows it now"
    assert json.loads((home.production / "model.json").read_text())["version"] == "v0001"
    assert "serving sees the released model" in look(home, instance)


def test_a_release_that_was_not_swapped_in_takes_the_place_of_the_one_before(home, instance):
    for version in ("v0001", "v0002"):
        decide(home, version, "promote", None)
    registry.promote(home.store, "v0001", SHA256, "first", "gate")
    checkpoints.publish(home)
    registry.promote(home.store, "v0002", SHA256, "better", "gate")

    assert "v0002 was released and not served yet" in look(home, instance)
    assert json.loads((home.production / "model.json").read_text())["because"] == "better"


def test_a_command_mends_the_same(home):
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "better", "gate")
    with opened(home) as loop:
        assert loop.mend() == ([f"v0001 was released and not served yet: {home.production} shows it now"], [])
        assert loop.mend() == ([], [])
