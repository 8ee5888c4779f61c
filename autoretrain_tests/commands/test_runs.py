"""A day that fails stops no other, and the command still ends with its error."""

import shutil

import pytest

from autoretrain_assets.commands.runs import backfill, run_due
from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_assets.loop import Loop
from autoretrain_assets.release import registry
from autoretrain_tests.homes import DAY, NEXT, SHA256, decide, laid_out, send, take_in, tasks


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
    assert taken == f"{NEXT}: 2 events, 2 images to label"
    assert failed.startswith(f"{DAY}: failed: ")
    assert last.startswith("no retraining: ")


def test_one_pass_goes_on_where_an_owners_folder_stands_in_productions_place(home):
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "x", "gate")
    (home.production / "mine").mkdir(parents=True)

    unmended, *taken, last = heard(run_due(home.root), InputError)

    assert unmended.startswith(f"could not be mended: {home.production} must be free for a link")
    assert taken == [f"{day}: 1 events, 1 images to label" for day in (DAY, NEXT)]
    assert last.startswith("no retraining: ")
    assert (home.production / "mine").is_dir()


def test_a_backfill_goes_on_after_a_day_that_fails(home, monkeypatch):
    feedback = Loop.feedback

    def fails_on_the_first(loop, day):
        if day == DAY:
            raise LabelingError("the server is away")
        feedback(loop, day)

    monkeypatch.setattr(Loop, "feedback", fails_on_the_first)
    assert heard(backfill(home.root, DAY, NEXT, mining_only=False)) == [
        f"{DAY}: failed: the server is away",
        f"{NEXT}: 1 events, 1 images to label (+1)",
    ]
