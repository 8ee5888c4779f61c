"""A labelling server that is away: what it has waits, all else goes on, and each command says so."""

from datetime import UTC, datetime

import pytest

from autoretrain_assets import due
from autoretrain_assets.commands.checks import check
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.commands.status import status
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling.failures import Unreachable
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.homes import crowd, home_on
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.homes import DAY, NEXT, send, take_in, tasks
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in"]


@pytest.fixture
def home(cvat_signed_in, tmp_path):
    """One finished task on the server, and another day's event that came in since."""
    home = home_on(cvat_signed_in, tmp_path / "home")
    send(home, "one")
    take_in(home, DAY)
    Person(cvat_signed_in).finish(int(home.cvat_tasks.read(DAY)["task_id"][0]))
    send(home, "other", day=NEXT)
    return home


def test_a_pass_takes_in_and_mines_what_came_and_the_next_one_does_the_rest(cvat_server, home):
    cvat_server.stop()
    lines = []
    with pytest.raises(Unreachable):
        lines.extend(run_due(home.root))
    told = "\n".join(lines)
    assert f"{NEXT}: its task is not opened yet: CVAT at {cvat_server.url} does not answer" in told
    assert f"the tasks cannot be asked about: CVAT at {cvat_server.url} does not answer" in told
    assert "no retraining: " in told
    assert home.mined_samples.read(NEXT).height == 1
    assert [state for _, state, _ in tasks(home, NEXT)] == ["opening"]
    assert list(due.events(home, datetime.now(UTC))) == [NEXT]

    cvat_server.start()
    told = "\n".join(run_due(home.root))
    assert "does not answer" not in told
    assert [state for _, state, _ in tasks(home, NEXT)] == ["open"]
    assert home.annotations.read(DAY).height == 1


def test_a_first_task_that_cannot_be_made_is_an_error_of_the_pass_and_of_its_day_alone(cvat_signed_in, tmp_path):
    home = home_on(cvat_signed_in, tmp_path / "home")
    send(home, "one")
    send(home, "other", day=NEXT)
    cvat_signed_in.faults.add("/api/", "expired", times=1000)
    lines = []
    with pytest.raises(LabelingError, match="mend CVAT_TOKEN"):
        lines.extend(run_due(home.root))
    assert [line for line in lines if "its task is not opened yet" in line and "failed" not in line][1:]
    assert lines[-1].startswith("no retraining: ")
    assert home.mined_samples.read(NEXT).height == 1


@pytest.mark.parametrize(
    "ask", [lambda home: list(status(home.root, datetime.now(UTC))), lambda home: check(home.root, datetime.now(UTC))]
)
def test_an_owners_question_about_a_thousand_tasks_costs_few_requests(cvat_server, home, ask):
    crowd(cvat_server, home, waiting=499, collected=500)
    cvat_server.log.clear()
    ask(home)
    assert cvat_server.log.count("/api/jobs") <= 12
    assert cvat_server.log.count("/api/jobs/|/api/tasks/") == 0
