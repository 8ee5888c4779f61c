"""The tasks that people label."""

from datetime import UTC, datetime

import pytest

from autoretrain_assets.commands import labelling
from autoretrain_assets.errors import InputError
from autoretrain_tests.homes import laid_out, tasks, with_a_task


def test_a_home_without_a_task_says_so(tmp_path):
    home = laid_out(tmp_path / "home")
    [line] = labelling.lines(labelling.tasks(home.root))
    assert line.startswith("there is no task: ")
    with pytest.raises(InputError, match="there is no task nope: there are none"):
        labelling.finish_task(home.root, "nope", "ann", datetime.now(UTC))


def test_a_task_is_listed_finished_by_its_key_and_by_no_other(tmp_path):
    home = with_a_task(tmp_path / "home")
    [(key, _, _)] = tasks(home)
    [line] = labelling.lines(labelling.tasks(home.root))
    assert line.startswith(f"{key}  1 image  open  file://")
    with pytest.raises(InputError, match="no task nope: `autoretrain label list` names the 1 task there"):
        labelling.finish_task(home.root, "nope", "ann", datetime.now(UTC))
    labelling.finish_task(home.root, key, "ann", datetime.now(UTC))
    assert [one.finished for one in labelling.tasks(home.root)] == [True]
