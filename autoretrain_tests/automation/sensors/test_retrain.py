"""retraining_due: one retraining at a time, a pause after a decision, and no closer look when nothing changed."""

from datetime import timedelta

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from autoretrain_assets import due
from autoretrain_assets.founding import SETTINGS
from autoretrain_tests.homes import commit_version, decide, label, laid_out, ticked
from autoretrain_tests.tables import annotation

STATUS = dg.DagsterRunStatus


@pytest.fixture
def home(tmp_path):
    return laid_out(tmp_path / "home", "retrain.min_new_labels=2")


@pytest.fixture
def instance(tmp_path):
    (tmp_path / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        yield instance


@pytest.fixture
def enough(home):
    """The home with as many labels as a retraining needs."""
    label(home, annotation("a"), annotation("b", seconds=500))
    return home


def look(home, instance, cursor=None):
    return ticked(home, instance, "retraining_due", cursor)


def run(instance, wanted, status):
    return create_run_for_test(instance, job_name="retrain", status=status, tags=dict(wanted.tags))


def test_a_second_look_with_nothing_changed_does_not_look_closer_and_says_the_same(home, instance, monkeypatch):
    first = look(home, instance)
    assert first.run_requests == []
    assert first.skip_message == "0 new labelled images: 2 are needed"

    with monkeypatch.context() as patch:
        patch.setattr(due, "retraining", lambda _: pytest.fail("it looked closer"))
        second = look(home, instance, first.cursor)
    assert (second.run_requests, second.skip_message, second.cursor) == ([], first.skip_message, first.cursor)


def test_what_was_labelled_since_is_seen(home, instance):
    cursor = look(home, instance).cursor
    label(home, annotation("a"))
    looked = look(home, instance, cursor)
    assert looked.skip_message == "1 new labelled image: 2 are needed"
    label(home, annotation("a"), annotation("b", seconds=500))
    assert len(look(home, instance, looked.cursor).run_requests) == 1


def test_a_setting_changed_since_is_seen(home, instance):
    label(home, annotation("a"))
    cursor = look(home, instance).cursor
    path = home.root / SETTINGS
    path.write_text(path.read_text().replace("min_new_labels: 2", "min_new_labels: 1"))
    assert len(look(home, instance, cursor).run_requests) == 1


def test_the_run_says_its_version_its_trigger_and_its_reason(enough, instance):
    looked = look(enough, instance)
    [wanted] = looked.run_requests
    assert wanted.job_name == "retrain"
    assert wanted.tags["dagster/partition"] == "v0001"
    assert wanted.tags["autoretrain/trigger"] == "labels"
    assert wanted.tags["autoretrain/why"] == "2 new labelled images: 2 are enough"
    [added] = looked.dynamic_partitions_requests
    assert (added.partitions_def_name, list(added.partition_keys)) == ("dataset_version", ["v0001"])
    assert look(enough, instance, looked.cursor).run_requests[0].run_key == wanted.run_key


def test_one_retraining_at_a_time_whoever_started_it(enough, instance):
    by_hand = create_run_for_test(instance, job_name="retrain", status=STATUS.STARTED)
    looked = look(enough, instance)
    assert looked.run_requests == []
    assert f"run {by_hand.run_id[:8]} is retraining: one at a time" in looked.skip_message

    instance.report_run_failed(by_hand)
    assert len(look(enough, instance, looked.cursor).run_requests) == 1


def decided(home, tmp_path, outcome="hold"):
    """The home after a decision on its first version, and labels enough for another."""
    commit_version(home, "v0001", tmp_path)
    decide(home, "v0001", outcome, None)
    label(home, *[annotation(name, seconds=500 * number) for number, name in enumerate("abcd")])


def test_after_a_decision_there_is_a_cool_down(enough, instance, tmp_path):
    decided(enough, tmp_path)
    looked = look(enough, instance)
    assert looked.run_requests == []
    assert "cool-down until" in looked.skip_message
    assert look(enough, instance, looked.cursor).skip_message == looked.skip_message


def at(monkeypatch, home, hours):
    """Let the last decision lie so many hours back."""
    decided_at = due.last_decision(home)
    monkeypatch.setattr(due, "last_decision", lambda _: decided_at - timedelta(hours=hours))


@pytest.mark.parametrize("hours", [2, -2])
def test_the_cool_down_ends_also_for_a_clock_that_was_set_back(enough, instance, tmp_path, monkeypatch, hours):
    decided(enough, tmp_path)
    at(monkeypatch, enough, hours)
    [wanted] = look(enough, instance).run_requests
    assert wanted.tags["dagster/partition"] == "v0002"


def test_a_version_that_was_cut_off_waits_for_no_cool_down(enough, instance, tmp_path):
    decided(enough, tmp_path, outcome="promote")
    [wanted] = look(enough, instance).run_requests
    assert wanted.tags["dagster/partition"] == "v0001"
    assert wanted.tags["autoretrain/trigger"] == "unfinished"
    assert wanted.tags["autoretrain/why"] == "v0001 may be released and is not yet"


def test_a_retraining_that_leaves_more_in_the_store_at_each_try_is_paused_and_given_up(enough, instance, tmp_path):
    [wanted] = look(enough, instance).run_requests
    commit_version(enough, "v0001", tmp_path)
    instance.report_run_failed(run(instance, wanted, STATUS.STARTED))
    looked = look(enough, instance)
    assert looked.run_requests == []
    assert "v0001: run" in looked.skip_message
    assert "failed; tried again at" in looked.skip_message

    for _ in range(2):
        instance.report_run_failed(run(instance, wanted, STATUS.STARTED))
    assert "nothing is tried until something about it changes" in look(enough, instance).skip_message
    label(enough, *[annotation(name, seconds=500 * number) for number, name in enumerate("abc")])
    [again] = look(enough, instance).run_requests
    assert again.run_key != wanted.run_key
