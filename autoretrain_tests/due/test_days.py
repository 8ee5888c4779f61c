"""The days on which something is due: what was begun and not ended is, what is done is not."""

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from autoretrain_assets import due
from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.loop import opened
from autoretrain_tests.homes import DAY, NEXT, answer, laid_out, send, take_in, tasks

NOW = datetime(2025, 3, 5, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    return laid_out(tmp_path / "home")


def broken(*_args, **_more):
    raise RuntimeError("the disk is full")


def fail(home, monkeypatch, day=DAY):
    """A run of `feedback` that ends after raw_feedback."""
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["autoretrain_assets.assets.mined_samples"], "mine", broken)
        with pytest.raises(RuntimeError, match="disk is full"):
            take_in(home, day)


def test_nothing_is_due_on_a_new_home(home):
    assert (due.events(home, NOW), due.answers(home), len(due.waiting_tasks(home))) == ({}, {}, 0)


def test_the_days_of_waiting_events_are_due_oldest_first(home):
    send(home, "later", NEXT)
    send(home, "sooner", DAY)

    assert list(due.events(home, NOW)) == [DAY, NEXT]


def test_the_same_events_are_the_same_work_and_another_event_is_other_work(home):
    send(home, "one")
    first = due.events(home, NOW)
    assert due.events(home, NOW + timedelta(hours=1)) == first

    send(home, "two")
    assert due.events(home, NOW)[DAY] != first[DAY]


def test_a_day_that_was_taken_in_is_not_due_until_a_late_event_asks_for_it(home):
    send(home, "one")
    first = due.events(home, NOW)
    take_in(home, DAY)
    assert due.events(home, NOW) == {}

    send(home, "late")
    again = due.events(home, NOW)
    assert list(again) == [DAY]
    assert again != first


def test_a_run_cut_off_after_raw_feedback_leaves_its_day_due_and_the_next_run_completes_it(home, monkeypatch):
    send(home, "one")
    fail(home, monkeypatch)
    assert home.raw_feedback.read(DAY).height == 1
    assert not any(home.inbox.rglob("*.json"))

    assert list(due.events(home, NOW)) == [DAY]
    take_in(home, DAY)
    assert due.events(home, NOW) == {}
    assert [state for _, state, _ in tasks(home)] == ["open"]


def test_a_run_cut_off_between_two_tables_of_a_day_that_has_both_leaves_it_due(home, monkeypatch):
    send(home, "one")
    take_in(home, DAY)
    send(home, "late")
    fail(home, monkeypatch)

    assert list(due.events(home, NOW)) == [DAY]
    take_in(home, DAY)
    assert due.events(home, NOW) == {}
    assert sum(len(images) for _, _, images in tasks(home)) == 2


def test_a_run_cut_off_after_the_clock_was_set_back_leaves_its_day_due(home, monkeypatch):
    send(home, "one")
    take_in(home, DAY)
    later = datetime.now(UTC).timestamp() + 3600
    for table in home.tables:
        if table.path(DAY).exists():
            os.utime(table.path(DAY), (later, later))
    send(home, "late")
    fail(home, monkeypatch)

    assert list(due.events(home, NOW)) == [DAY]
    take_in(home, DAY)
    assert due.events(home, NOW) == {}
    assert sum(len(images) for _, _, images in tasks(home)) == 2


def test_what_fails_again_and_again_stays_the_same_work(home, monkeypatch):
    send(home, "one")
    fail(home, monkeypatch)
    first = due.events(home, NOW)
    fail(home, monkeypatch)

    assert due.events(home, NOW) == first


def noted_only(home):
    """Put the day's tasks back into the state before the backend answered."""
    rows = home.cvat_tasks.read(DAY)
    nothing = pl.lit(None, pl.String)
    home.cvat_tasks.write(DAY, rows.with_columns(state=pl.lit("opening"), task_id=nothing, url=nothing))


def test_a_task_that_is_only_noted_leaves_its_day_due_and_the_next_run_opens_it(home):
    send(home, "one")
    take_in(home, DAY)
    [(key, _, _)] = tasks(home)
    noted_only(home)

    assert list(due.events(home, NOW)) == [DAY]
    assert len(due.waiting_tasks(home)) == 0
    take_in(home, DAY)
    assert due.events(home, NOW) == {}
    assert [(name, state) for name, state, _ in tasks(home)] == [(key, "open")]


def test_another_task_that_is_only_noted_is_other_work(home):
    send(home, "one")
    take_in(home, DAY)
    noted_only(home)
    first = due.events(home, NOW)
    take_in(home, DAY)
    send(home, "two")
    take_in(home, DAY)
    noted_only(home)

    assert list(due.events(home, NOW)) == [DAY]
    assert due.events(home, NOW) != first


def test_a_finished_task_is_due_until_it_is_collected(home):
    send(home, "one")
    take_in(home, DAY)
    [(key, _, images)] = tasks(home)
    assert (due.answers(home), len(due.waiting_tasks(home))) == ({}, 1)

    answer(home, key, images)
    assert list(due.answers(home)) == [DAY]
    with opened(home) as loop:
        loop.labels(DAY)
    assert (due.answers(home), len(due.waiting_tasks(home))) == ({}, 0)


def test_a_task_sent_back_and_finished_anew_is_other_work(home):
    send(home, "one")
    take_in(home, DAY)
    [(key, _, images)] = tasks(home)
    home.labeling.write_answers(key, {})
    home.labeling.finish(key, "ann", NOW)
    first = due.answers(home)

    with opened(home) as loop:
        loop.labels(DAY)
    assert (due.answers(home), len(due.waiting_tasks(home))) == ({}, 1)
    answer(home, key, images)
    again = due.answers(home)
    assert list(again) == [DAY]
    assert again != first


def test_one_finished_task_of_a_day_is_due_although_another_is_open(home):
    send(home, "one")
    take_in(home, DAY)
    send(home, "two")
    take_in(home, DAY)
    (key, _, images), _ = tasks(home)

    answer(home, key, images)
    assert list(due.answers(home)) == [DAY]
    assert len(due.waiting_tasks(home)) == 2


def test_a_task_whose_folder_is_gone_fails_the_run_of_its_own_day_and_no_other(home):
    send(home, "one")
    send(home, "other", day=NEXT)
    take_in(home, DAY, NEXT)
    [(key, _, _)], [(other, _, images)] = tasks(home), tasks(home, NEXT)
    (home.root / "tasks" / key).rename(home.root / "elsewhere")
    answer(home, other, images)

    assert list(due.answers(home)) == [DAY, NEXT]
    with opened(home) as loop:
        loop.labels(NEXT)
        with pytest.raises(LabelingError, match=key):
            loop.labels(DAY)
    assert list(due.answers(home)) == [DAY]


def test_a_task_that_is_corrected_after_it_was_collected_is_due_again_until_that_is_collected(home):
    send(home, "one")
    take_in(home, DAY)
    [(key, _, images)] = tasks(home)
    answer(home, key, images)
    with opened(home) as loop:
        loop.labels(DAY)
    assert due.answers(home) == {}

    draw_anew(home, key, images)
    assert list(due.answers(home)) == [DAY]
    with opened(home) as loop:
        loop.labels(DAY)
    assert due.answers(home) == {}
    assert home.annotations.read(DAY)["boxes"].list.len().to_list() == [1]


def test_a_correction_that_fails_the_review_leaves_the_labels_that_were_collected(home):
    send(home, "one")
    take_in(home, DAY)
    [(key, _, images)] = tasks(home)
    answer(home, key, images)
    with opened(home) as loop:
        loop.labels(DAY)
        before = home.annotations.read(DAY)
        draw_anew(home, key, images, label="Car")
        loop.labels(DAY)
        assert home.annotations.read(DAY).equals(before)
        assert due.answers(home) == {}
        draw_anew(home, key, images)
        loop.labels(DAY)
    assert home.annotations.read(DAY)["boxes"].list.len().to_list() == [1]


def test_a_task_that_was_collected_may_be_thrown_away(home):
    send(home, "one")
    take_in(home, DAY)
    [(key, _, images)] = tasks(home)
    answer(home, key, images)
    with opened(home) as loop:
        loop.labels(DAY)
        shutil.rmtree(home.root / "tasks" / key)
        assert due.answers(home) == {}
        loop.labels(DAY)
    assert home.annotations.read(DAY).height == 1


def draw_anew(home, key, images, label="car"):
    """Correct a task as a person does, by one box in each image, and finish it again."""
    done = home.root / "tasks" / key / "DONE"
    done.unlink(missing_ok=True)
    home.labeling.write_answers(key, {sha256: [Box(label, 1, 1, 20, 20)] for sha256 in images})
    home.labeling.finish(key, "bob", NOW + timedelta(days=1))
