"""A day that fails stops no other, and the command still ends with its error."""

import shutil

import pytest

from autoretrain_assets.commands.runs import backfill, run_due
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.loop import Loop
from autoretrain_tests.homes import DAY, NEXT, laid_out, send, take_in, tasks


@pytest.fixture
def home(tmp_path):
    """A home with events of two days."""
    home = laid_out(tmp_path / "home")
    for name, day in (("a", DAY), ("b", NEXT)):
        send(home, name, day=day)
    return home


def heard(lines):
    """What is said before the error, which must come."""
    said = []
    with pytest.raises(LabelingError):  # noqa: PT012 - what was said before the error counts
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


def test_a_backfill_goes_on_after_a_day_that_fails(home, monkeypatch):
    feedback = Loop.feedback

    def fails_on_the_first(loop, day):
        if day == DAY:
            raise LabelingError("the server is away")
        feedback(loop, day)

    monkeypatch.setattr(Loop, "feedback", fails_on_the_first)
    assert heard(backfill(home.root, DAY, NEXT, mining_only=False)) == [
        f"{DAY}: failed: the server is away",
        f"{NEXT}: 1 event, 1 image to label (+1)",
    ]
