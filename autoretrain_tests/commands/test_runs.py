"""A day that fails stops no other, and the command still ends with its error."""

import shutil
from datetime import UTC, datetime

import pytest

from autoretrain_assets.boxes import Box
from autoretrain_assets.commands.labelling import lines
from autoretrain_assets.commands.labelling import tasks as tasks_of
from autoretrain_assets.commands.quarantine import explained, refused
from autoretrain_assets.commands.runs import backfill, run_due
from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_assets.loop import Loop
from autoretrain_assets.release import registry
from autoretrain_tests.homes import DAY, NEXT, SHA256, answer, decide, label, laid_out, send, take_in, tasks
from autoretrain_tests.tables import annotation, box


@pytest.fixture
def home(tmp_path):
    """A home with events of two days."""
    home = laid_out(tmp_path / "home")
    for name, day in (("a", DAY), ("b", NEXT)):
        send(home, name, day=day)
    return home


def heard(lines, error=LabelingError):
    """What is said before the error, which must come."""
    said = []
    with pytest.raises(error):  # noqa: PT012 - what was said before the error counts
        for line in lines:
            said.append(line)  # noqa: PERF402
    return said


def test_one_pass_goes_on_after_a_day_whose_task_is_lost(home):
    take_in(home, DAY, NEXT)
    [(key, _, _)] = tasks(home, DAY)
    shutil.rmtree(home.root / "tasks" / key)
    send(home, "later", day=NEXT)
    taken, failed, last = heard(run_due(home.root))
    assert taken == f"{NEXT}: 1 new event, 1 image to label in 1 task"
    assert failed.startswith(f"{DAY}: failed: ")
    assert last.startswith("no retraining: ")


def test_one_pass_goes_on_where_an_owners_folder_stands_in_productions_place(home):
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "x", "gate")
    (home.production / "mine").mkdir(parents=True)

    unmended, *taken, last = heard(run_due(home.root), InputError)

    assert unmended.startswith(f"could not be mended: {home.production} must be free for a link")
    assert taken == [f"{day}: 1 new event, 1 image to label in 1 task" for day in (DAY, NEXT)]
    assert last.startswith("no retraining: ")
    assert (home.production / "mine").is_dir()


def test_a_backfill_goes_on_after_a_day_that_fails(home, monkeypatch):
    feedback = Loop.feedback

    def fails_on_the_first(loop, day):
        if day == DAY:
            raise LabelingError("the server is away")
        return feedback(loop, day)

    monkeypatch.setattr(Loop, "feedback", fails_on_the_first)
    assert heard(backfill(home.root, DAY, NEXT, mining_only=False)) == [
        f"2 days with events from {DAY} to {NEXT}",
        f"{DAY}: failed: the server is away",
        f"{NEXT}: 1 new event, 1 image to label in 1 task",
    ]


def test_a_task_that_is_sent_back_is_said_so_where_it_is_heard(home):
    take_in(home, DAY, NEXT)
    [(bad, _, images)], [(good, _, others)] = tasks(home), tasks(home, NEXT)
    home.labeling.write_answers(bad, {images[0]: [Box("Car", 1, 1, 20, 20)]})
    home.labeling.finish(bad, "ann", datetime(2025, 3, 4, tzinfo=UTC))
    answer(home, good, others)

    sent_back, labelled, _ = run_due(home.root)

    assert labelled == f"{NEXT}: 1 image labelled, of 1 task"
    why = "1 image, such as: box Car at 1.0, 1.0, 20.0, 20.0 has an unknown class; known are car, bus, person"
    assert sent_back == f"{DAY}: task {bad} was sent back: {why} ({home.root}/tasks/{bad}/REJECTED.txt)"
    first, reason, second = lines(tasks_of(home.root))
    assert f"{bad}  1 image  sent back" in first
    assert reason == f"  {why} ({home.root}/tasks/{bad}/REJECTED.txt)"
    assert f"{good}  1 image  collected" in second


def test_a_pass_tells_what_it_did_itself_and_nothing_of_a_day_where_it_did_nothing(home):
    list(run_due(home.root))
    again = send(home, "a")
    again.rename(again.with_name("again.json"))
    send(home, "new")
    send(home, "broken", predictions=[{"label": "cow", "confidence": 0.5, "x1": 1, "y1": 1, "x2": 20, "y2": 20}])

    told, _ = run_due(home.root)

    shown = f"autoretrain quarantine list --ids --day {DAY} --home {home.root}"
    assert told == f"{DAY}: 1 new event, 1 sent twice, 1 refused (`{shown}`), 1 image to label in 1 task"
    assert [(one.file, one.day_of) for one in refused(home.root, DAY)] == [("broken.json", "capture")]
    assert list(run_due(home.root)) == ["no retraining: 0 new labelled images: 100 are needed"]


def test_an_event_that_is_refused_at_a_glance_is_told_by_the_day_of_its_arrival(home):
    send(home, "formless", trigger="none")
    today = datetime.now(UTC).date()

    *_, told, _ = run_due(home.root)

    shown = f"autoretrain quarantine list --ids --day {today} --home {home.root}"
    assert told == f"{today}: 1 refused, 1 of them under their day of arrival (`{shown}`)"
    [one] = refused(home.root, today)
    assert next(explained(home.root, one)) == f"{one.id}: refused; {today} is the day of its arrival (UTC)"


def test_what_is_held_back_is_told_before_the_reason_why_there_is_no_retraining(home):
    label(home, annotation("x", boxes=[box("cow")]), day=NEXT)
    *_, held, why = run_due(home.root)
    assert held.startswith("held back: proposed class cow: 1 box on 1 image that wait")
    assert why == "no retraining: 0 new labelled images: 100 are needed"


def test_a_backfill_whose_days_are_the_wrong_way_round_is_refused(home):
    with pytest.raises(InputError, match=f"--from {NEXT} comes after --to {DAY}"):
        list(backfill(home.root, NEXT, DAY, mining_only=False))
