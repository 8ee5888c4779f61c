"""A day with two tasks, of which one cannot be collected: the other one's labels wait for nobody."""

import pytest

from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.errors import LabelingError
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.homes import home_on
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.homes import DAY, send, take_in, tasks
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in"]


def test_a_task_that_someone_deleted_holds_up_no_other_of_its_day(cvat_signed_in, tmp_path):
    home = home_on(cvat_signed_in, tmp_path / "home")
    for name in ("one", "two", "three"):
        send(home, name)
        take_in(home, DAY)
    person = Person(cvat_signed_in)
    person.finish(1)
    person.finish(3)
    person.send("DELETE", "/api/tasks/2")

    with pytest.raises(LabelingError, match="is gone"):
        list(run_due(home.root))
    collected = set(home.annotations.read(DAY)["task_key"])
    assert collected == {tasks(home)[0][0], tasks(home)[2][0]}
