"""A home whose people labelled elsewhere before: what stands there is no task of this server, and is left alone."""

from datetime import UTC, datetime

import pytest

from autoretrain_assets import due
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.commands.status import status
from autoretrain_assets.config.load import load_settings
from autoretrain_assets.config.template import render
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.home import SETTINGS, Home
from autoretrain_assets.labeling.base import Task
from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.homes import home_on
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.cvat.standin import StandIn
from autoretrain_tests.homes import DAY, NEXT, answer, send, take_in, tasks, with_a_task
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in, settings_of

__all__ = ["cvat_server", "cvat_signed_in"]


def moved(home, server):
    """The home, whose settings name that server from now on."""
    path = home.root / SETTINGS
    named = ["labeling.backend=cvat", f"labeling.cvat.url={server.url}", "labeling.cvat.retries=0"]
    path.write_text(render(load_settings(path, named)))
    return Home.open(home.root)


def test_tasks_that_are_folders_stop_nothing_after_a_home_went_to_a_server(cvat_signed_in, tmp_path):
    home = with_a_task(tmp_path / "home")
    [(key, _, images)] = tasks(home)
    answer(home, key, images)
    list(run_due(home.root))
    send(home, "later", day=NEXT)
    take_in(home, NEXT)
    [(waits, _, _)] = tasks(home, NEXT)

    home = moved(home, cvat_signed_in)
    assert list(due.answers(home)) == [NEXT]
    assert list(status(home.root, datetime.now(UTC)))
    with pytest.raises(LabelingError, match=rf"Task {waits} is no task of CVAT.*set labeling\.backend back"):
        list(run_due(home.root))
    send(home, "new")
    take_in(home, DAY)
    assert [task["name"] for task in Look(cvat_signed_in).tasks()] == [tasks(home)[-1][0]]


def test_tasks_of_another_server_that_counts_alike_are_neither_read_nor_sent_back(cvat_signed_in, tmp_path):
    home = home_on(cvat_signed_in, tmp_path / "home")
    for day, name in ((DAY, "collected"), (NEXT, "open")):
        send(home, name, day=day)
        take_in(home, day)
    Person(cvat_signed_in).finish(1)
    list(run_due(home.root))
    assert home.annotations.read(DAY).height == 1
    with StandIn() as other:
        other.world.tokens[cvat_signed_in.token] = other.admin
        theirs = home_on(other, tmp_path / "theirs")
        for day, name in ((DAY, "x"), (NEXT, "y")):
            send(theirs, name, day=day)
            take_in(theirs, day)
        Person(other).finish(1)
        Person(other).finish(2)
        before = Look(other).listed("/api/jobs")

        home = moved(home, other)
        assert list(due.answers(home)) == [NEXT]
        with pytest.raises(LabelingError, match=r"is named .*, not .*labeling\.cvat\.url"):
            list(run_due(home.root))
        assert Look(other).listed("/api/jobs") == before
        assert home.annotations.read(DAY).height == 1
        backend, task = CvatBackend(settings_of(other)), Task(tasks(home, NEXT)[0][0], "2", "")
        for ask in (backend.collect, lambda one: backend.reopen(one, {"a": "b"}), backend.progress):
            with pytest.raises(LabelingError, match="is named"):
                ask(task)
        assert Look(other).listed("/api/jobs") == before


def test_a_task_that_someone_gave_a_longer_name_is_still_the_same(cvat_signed_in, tmp_path):
    home = home_on(cvat_signed_in, tmp_path / "home")
    send(home, "one")
    take_in(home, DAY)
    [(key, _, _)] = tasks(home)
    Person(cvat_signed_in).send("PATCH", "/api/tasks/1", {"name": f"urgent: {key}"})
    Person(cvat_signed_in).finish(1)
    assert list(due.answers(home)) == [DAY]
