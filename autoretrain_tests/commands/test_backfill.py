"""Past days again: nothing changes where nothing changed, and new rules never touch what people were asked for."""

from datetime import date

import pytest

from autoretrain_assets.commands.runs import backfill, run_due
from autoretrain_assets.config.template import render
from autoretrain_assets.files import write_text
from autoretrain_assets.home import SETTINGS, Home
from autoretrain_tests.crash.invariants import came_to
from autoretrain_tests.homes import DAY, NEXT, answer, laid_out, send, take_in, tasks

pytestmark = pytest.mark.slow

LONG_AGO, FAR_OFF = date(2025, 1, 1), date(2025, 12, 31)


def two_days(root, *settings):
    home = laid_out(root, *settings)
    for name, day in (("a", DAY), ("b", DAY), ("c", DAY), ("d", NEXT)):
        send(home, name, day=day)
    take_in(home, DAY, NEXT)
    return home


def test_a_day_where_nothing_changed_stays_as_it_is(tmp_path):
    home = two_days(tmp_path / "home")
    before = came_to(home)
    lines = list(backfill(home.root, LONG_AGO, FAR_OFF, mining_only=False))
    assert came_to(home) == before
    assert lines == [f"2 days with events from {LONG_AGO} to {FAR_OFF}"]


def test_only_the_days_asked_for_take_in_what_waits(tmp_path):
    home = two_days(tmp_path / "home")
    send(home, "late", day=DAY)
    send(home, "later", day=NEXT)
    _, line = backfill(home.root, NEXT, NEXT, mining_only=False)
    assert line == f"{NEXT}: 1 new event, 1 image to label in 1 task"
    assert home.raw_feedback.read(DAY).height == 3


def test_a_wider_rule_asks_for_more_and_keeps_the_tasks_that_are(tmp_path):
    home = two_days(tmp_path / "home", "mining.budget_per_day=1")
    asked = tasks(home)
    wider = home.settings.mining.model_copy(update={"budget_per_day": 100})
    write_text(home.root / SETTINGS, render(home.settings.model_copy(update={"mining": wider})))

    _, line = backfill(home.root, DAY, DAY, mining_only=True)

    now = tasks(Home.open(home.root))
    assert line == f"{DAY}: 2 images to label in 1 task"
    assert now[: len(asked)] == asked
    assert sorted(image for _, _, images in now for image in images) == sorted(home.raw_feedback.read(DAY)["sha256"])


def test_a_narrower_rule_takes_nothing_away(tmp_path):
    home = two_days(tmp_path / "home")
    asked = tasks(home)
    narrow = home.settings.mining.model_copy(update={"budget_per_day": 0})
    write_text(home.root / SETTINGS, render(home.settings.model_copy(update={"mining": narrow})))
    assert list(backfill(home.root, DAY, DAY, mining_only=True)) == [f"1 day with events from {DAY} to {DAY}"]
    assert tasks(Home.open(home.root)) == asked


def test_a_range_without_events_says_so(tmp_path):
    home = laid_out(tmp_path / "home")
    assert list(backfill(home.root, DAY, NEXT, mining_only=False)) == [f"no day with events from {DAY} to {NEXT}"]


def test_what_was_moved_away_of_a_days_tables_is_made_anew_by_what_their_errors_name(tmp_path):
    home = two_days(tmp_path / "home")
    for key, _, images in tasks(home):
        answer(home, key, images)
    list(run_due(home.root))
    before = came_to(home)
    assert home.annotations.read(DAY).height == 3

    for table in home.tables[1:]:
        table.path(DAY).rename(tmp_path / f"{table.folder.name}.parquet")
    list(backfill(home.root, DAY, DAY, mining_only=False))
    list(run_due(home.root))

    assert came_to(home) == before
