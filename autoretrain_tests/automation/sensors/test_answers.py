"""answers_finished: a finished task gets a run of its day; an open one is only told of."""

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from autoretrain_tests.homes import DAY, answer, laid_out, send, take_in, tasks, ticked


@pytest.fixture
def home(tmp_path):
    home = laid_out(tmp_path / "home", "automation.retry_seconds=0")
    send(home, "one")
    take_in(home, DAY)
    return home


def test_an_open_task_is_told_of_and_starts_nothing(home, instance):
    looked = ticked(home, instance, "answers_finished")
    assert looked.run_requests == []
    assert looked.skip_message == "no task is finished, 1 open"


def test_a_finished_task_starts_a_run_of_its_day_once(home, instance):
    [(key, _, images)] = tasks(home)
    answer(home, key, images)

    [wanted] = ticked(home, instance, "answers_finished").run_requests
    assert (wanted.job_name, wanted.tags["dagster/partition"]) == ("labels", str(DAY))
    assert wanted.tags["autoretrain/why"] == "a task is finished"
    create_run_for_test(instance, job_name="labels", status=dg.DagsterRunStatus.STARTED, tags=dict(wanted.tags))
    assert ticked(home, instance, "answers_finished").run_requests == []
