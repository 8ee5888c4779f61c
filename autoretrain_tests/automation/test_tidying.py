"""Old runs go, but never one whose work is still what is there."""

import os
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from autoretrain_assets.automation.tidying import tidy
from autoretrain_assets.loop import opened
from autoretrain_assets.version_images import FETCHED
from autoretrain_tests.homes import DAY, NEXT, laid_out, send, take_in

LATER = datetime.now(UTC) + timedelta(days=365)


@pytest.fixture
def home(tmp_path):
    home = laid_out(tmp_path / "home")
    send(home, "one")
    send(home, "two", day=NEXT)
    take_in(home, DAY, NEXT)
    return home


def filled(instance, name):
    """The days that Dagster shows as materialized."""
    return instance.get_materialized_partitions(dg.AssetKey(name))


def test_a_run_that_newer_ones_replaced_goes_with_its_files(home):
    take_in(home, DAY)
    with opened(home) as loop:
        old = loop.instance.get_runs()[-1].run_id
        assert (home.dagster / "history" / "runs" / f"{old}.db").exists()
        assert tidy(home, loop.instance, LATER).startswith("removed 1 old run")
        assert old not in {run.run_id for run in loop.instance.get_runs()}
        assert filled(loop.instance, "raw_feedback") == {str(DAY), str(NEXT)}
    assert not list(home.dagster.rglob(f"*{old}*"))


def test_a_run_of_which_anything_is_still_there_stays(home):
    with opened(home) as loop:
        loop.mine_again(DAY)
        before = {name: filled(loop.instance, name) for name in ("raw_feedback", "drift_report", "mined_samples")}
        assert tidy(home, loop.instance, LATER).startswith("removed 0 old runs")
        assert {name: filled(loop.instance, name) for name in before} == before


def test_many_runs_that_stay_hide_none_that_may_go(home, monkeypatch):
    monkeypatch.setattr("autoretrain_assets.automation.tidying.AT_ONCE", 1)
    take_in(home, NEXT)
    with opened(home) as loop:
        assert tidy(home, loop.instance, LATER).startswith("removed 1 old run")
        assert len(loop.instance.get_runs()) == 2


def test_young_runs_stay(home):
    take_in(home, DAY)
    with opened(home) as loop:
        assert tidy(home, loop.instance, datetime.now(UTC)).startswith("removed 0 old runs")


def test_what_killed_writers_left_goes_after_a_day(home):
    left = [home.root / "tables" / "raw_feedback" / ".x.parquet.abc.tmp", home.inbox / ".abc.tmp"]
    (fetched := home.work / f"{FETCHED}abc").mkdir(parents=True)
    for path in left:
        path.touch()
    (home.inbox / ".upload.tmp").mkdir()
    os.utime(home.inbox / ".upload.tmp", (0, 0))
    with opened(home) as loop:
        assert "0 files" in tidy(home, loop.instance, datetime.now(UTC))
        for path in left:
            os.utime(path, (0, 0))
        os.utime(fetched, (0, 0))
        assert "2 files" in tidy(home, loop.instance, datetime.now(UTC))
    assert not any(path.exists() for path in (*left, fetched))
    assert home.raw_feedback.read(DAY).height == 1


def test_what_an_old_tick_logged_goes_and_what_a_younger_one_logged_stays(home):
    logs = home.dagster / "storage" / "__repository__" / "feedback_arrived"
    logs.mkdir(parents=True)
    old, young = logs / "1.err", logs / "2.err"
    for path in (old, young):
        path.touch()
    with opened(home) as loop:
        for path, days in ((old, home.settings.automation.keep_days + 1), (young, 2)):
            at = (datetime.now(UTC) - timedelta(days=days)).timestamp()
            os.utime(path, (at, at))
        assert "1 file " in tidy(home, loop.instance, datetime.now(UTC))
    assert (old.exists(), young.exists()) == (False, True)
