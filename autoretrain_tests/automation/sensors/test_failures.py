"""run_failed: each failed run is one message that says what happened and where to look."""

import sys

import pytest

from autoretrain_assets.loop import opened
from autoretrain_tests.homes import DAY, laid_out, send, ticked


@pytest.fixture
def home(tmp_path):
    return laid_out(tmp_path / "home")


def broken(*_args, **_more):
    raise RuntimeError("the disk is full")


def test_each_failed_run_is_one_line_with_its_day_its_reason_and_its_page(home, monkeypatch):
    monkeypatch.setattr(sys.modules["autoretrain_assets.assets.mined_samples"], "mine", broken)
    send(home, "one")
    with opened(home) as loop:
        cursor = ticked(home, loop.instance, "run_failed").cursor
        for _ in range(2):
            with pytest.raises(RuntimeError):
                loop.feedback(DAY)
        for _ in range(4):
            cursor = ticked(home, loop.instance, "run_failed", cursor).cursor
        runs = [run.run_id for run in loop.instance.get_runs()]

    lines = home.alerts.read_text().splitlines()
    assert len(lines) == 2
    assert all(f"UTC  feedback {DAY} failed: " in line for line in lines)
    assert all("the disk is full" in line for line in lines)
    assert {line.rpartition(" ")[2] for line in lines} == {f"http://127.0.0.1:3000/runs/{run}" for run in runs}


def test_a_run_without_a_partition_is_told_of_too(home):
    from dagster import DagsterRunStatus
    from dagster._core.test_utils import create_run_for_test

    with opened(home) as loop:
        cursor = ticked(home, loop.instance, "run_failed").cursor
        run = create_run_for_test(loop.instance, job_name="retrain", status=DagsterRunStatus.STARTED)
        loop.instance.report_run_failed(run, "The run's process is gone.")
        ticked(home, loop.instance, "run_failed", cursor)

    [line] = home.alerts.read_text().splitlines()
    assert f"retrain failed: The run's process is gone. http://127.0.0.1:3000/runs/{run.run_id}" in line
