"""A home whose people label on a CVAT server."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from autoretrain_assets import due
from autoretrain_assets.commands import checks, labelling
from autoretrain_assets.commands.labelling import ToLabel
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.commands.status import as_json, status
from autoretrain_assets.errors import InputError
from autoretrain_assets.labeling.base import Part
from autoretrain_assets.labeling.failures import Unreachable
from autoretrain_assets.loop import opened
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.homes import DAY, laid_out, send, take_in, tasks
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in"]


@pytest.fixture
def server(cvat_signed_in):
    return cvat_signed_in


@pytest.fixture
def home(server, tmp_path):
    """A day with one event, reported by an operator, whose image waits on the server."""
    on_the_server = [f"labeling.cvat.url={server.url}", "labeling.cvat.retries=0", "labeling.backend=cvat"]
    home = laid_out(tmp_path / "home", *on_the_server)
    send(home, "a")
    take_in(home, DAY)
    return home


def now():
    return datetime.now(UTC)


def test_a_day_goes_to_the_server_comes_back_wrong_is_sent_back_and_ends_as_labels(home, server):
    [(key, state, [sha256])] = tasks(home)
    [task] = Look(server).tasks()
    assert (state, task["name"]) == ("open", key)
    assert Look(server).drawn(task["id"]) == {sha256: [("auto", 1, 1, 20, 20)]}
    assert [text for _, _, text in Look(server).remarks()] == ["Reported: missed bus"]
    assert due.answers(home) == {}

    person = Person(server)
    person.finish(task["id"], {0: [("car", 1, 1, 500, 20)]})
    assert list(due.answers(home)) == [DAY]
    assert f"{DAY}: task {key} was sent back: 1 image, such as: box car" in "\n".join(run_due(home.root))
    assert home.annotations.read(DAY).is_empty()
    assert any("Sent back: box car" in text for _, _, text in Look(server).remarks())
    assert any(line.startswith(f"sent back: {key}: 1 image") for line in status(home.root, now()))

    person.finish(task["id"], {0: [("bus", 5, 5, 30, 30)]})
    assert f"{DAY}: 1 image labelled, of 1 task" in list(run_due(home.root))
    [row] = home.annotations.read(DAY).iter_rows(named=True)
    assert [(box["label"], box["x2"]) for box in row["boxes"]] == [("bus", 30)]
    assert row["job"] == str(person.jobs(task["id"])[0]["id"])
    assert due.answers(home) == {}

    person.send("DELETE", f"/api/tasks/{task['id']}")
    assert due.answers(home) == {}


def test_a_server_that_is_away_is_told_of_and_stops_nothing_else(home, server):
    [(key, _, _)] = tasks(home)
    server.stop()
    send(home, "late", verdicts=[], trigger="random", probability=0.5)

    with pytest.raises(Unreachable):
        due.answers(home)
    told = list(status(home.root, now()))
    assert any(line.startswith("tasks: cannot be asked about: CVAT at http://127.0.0.1") for line in told)
    assert told[-1] == "to do: the labelling server does not answer as it should: `autoretrain check` says more"
    assert "does not answer" in as_json(home.root, now())["tasks_not_asked"]
    wrong = {one.name: one.text for one in checks.check(home.root, now()) if not one.ok}
    assert {"labelling", "cvat server", "cvat credentials", "cvat project", "cvat labels"} <= wrong.keys()

    lines = []
    with pytest.raises(Unreachable):
        lines.extend(run_due(home.root))
    assert any(line.startswith("the tasks cannot be asked about: CVAT at") for line in lines)
    server.start()
    assert any(line.startswith(f"{DAY}: ") for line in run_due(home.root))
    assert home.raw_feedback.read(DAY).height == 2
    assert {state for _, state, _ in tasks(home)} == {"open"}
    assert key in {task["name"] for task in Look(server).tasks()}


def said_of(home, asset):
    """What the newest materialization of the asset says."""
    with opened(home) as loop:
        event = loop.instance.get_latest_materialization_event(dg.AssetKey(asset))
    return event.asset_materialization.metadata


def test_the_assets_page_links_each_job_and_shows_what_was_sent_and_why(home, server):
    [task] = Look(server).tasks()
    [job] = Person(server).jobs(task["id"])
    said = said_of(home, "cvat_tasks")
    url = f"{server.url}/tasks/{task['id']}"
    row = f"|[{task['id']}]({url})|[{job['id']}]({url}/jobs/{job['id']})|–|annotation: new|1|"
    assert said["jobs"].value.splitlines() == ["|task|job|assignee|state|images|", "|--|--|--|--|--:|", row]
    assert said["what was sent, and why"].value.startswith("![some of the images](/logs/pictures/")

    server.faults.add("GET /api/jobs", "broken", times=9)
    take_in(home, DAY)
    assert said_of(home, "cvat_tasks")["jobs"].value.startswith("cannot be asked about: CVAT at")


def test_the_tasks_on_the_server_are_listed_with_where_they_stand(home, server):
    [(key, _, _)] = tasks(home)
    [task] = Look(server).tasks()
    url = f"{server.url}/tasks/{task['id']}"
    [job] = Person(server).jobs(task["id"])
    part = Part(
        str(task["id"]), url, str(job["id"]), f"{url}/jobs/{job['id']}", "", "annotation: new", 1, finished=False
    )
    listed = labelling.tasks(home.root)
    assert listed == [ToLabel(key, 1, "open", "", url, [part])]
    assert list(labelling.lines(listed))[1] == f"  job {job['id']}  1 image  nobody's  annotation: new  {part.url}"
    Person(server).finish(task["id"])
    assert [one.state for one in labelling.tasks(home.root)] == ["finished"]
    list(run_due(home.root))
    assert [one.state for one in labelling.tasks(home.root)] == ["collected"]
    with pytest.raises(InputError, match="finish the task where it is labelled"):
        labelling.finish_task(home.root, key, "ann", now())
    Person(server).send("DELETE", f"/api/tasks/{task['id']}")
    assert labelling.tasks(home.root) == []


def test_check_looks_at_the_server(home, server):
    found = {one.name: one.text for one in checks.check(home.root, now())}
    assert found["cvat server"].endswith(f" at {server.url}, asked by its SDK of version 2.80.0")
    assert found["cvat credentials"] == "signed in as admin"
    assert found["cvat assignees"] == "none: whoever takes a job has it"
    assert found["cvat project"] == "autoretrain (id 1)"
    assert found["cvat labels"] == "3 classes of 3 there"
    assert found["labelling"] == "1 open task, 0 of them finished"
