"""A task that is gone is told of by its name, and made anew when its owner says so, and never while it is there."""

import shutil
from datetime import UTC, datetime

import pytest

from autoretrain_assets import due
from autoretrain_assets.commands import labelling
from autoretrain_assets.commands.again import open_again
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.commands.status import as_json, status
from autoretrain_assets.errors import InputError, LabelingError
from autoretrain_tests.cvat.fixtures import cvat_server
from autoretrain_tests.cvat.homes import home_on
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.homes import DAY, answer, send, take_in, tasks, with_a_task
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import cvat_signed_in

__all__ = ["cvat_server", "cvat_signed_in"]


def now():
    return datetime.now(UTC)


def test_a_task_that_someone_deleted_on_the_server_is_told_of_and_made_anew(cvat_signed_in, tmp_path):
    home, person = home_on(cvat_signed_in, tmp_path / "home"), Person(cvat_signed_in)
    send(home, "one")
    take_in(home, DAY)
    [(key, _, images)] = tasks(home)
    with pytest.raises(InputError, match=rf"{key} is there"):
        open_again(home.root, key)
    person.send("DELETE", "/api/tasks/1")

    told = list(status(home.root, now()))
    assert any(line.startswith(f"lost: {key}: ") and f"`autoretrain label again {key}`" in line for line in told)
    assert as_json(home.root, now())["lost"][0]["task"] == key
    [listed] = labelling.tasks(home.root)
    assert (listed.key, listed.images, listed.state) == (key, 1, "lost")
    with pytest.raises(LabelingError, match=f"`autoretrain label again {key}`"):
        list(run_due(home.root))

    assert open_again(home.root, key) == f"{key} is noted; the next run makes it anew."
    list(run_due(home.root))
    assert tasks(home) == [(key, "open", images)]
    [made] = Look(cvat_signed_in).tasks()
    assert made["name"] == key
    person.finish(made["id"])
    list(run_due(home.root))
    assert home.annotations.read(DAY)["sha256"].to_list() == images
    person.send("DELETE", f"/api/tasks/{made['id']}")
    with pytest.raises(InputError, match="was collected"):
        open_again(home.root, key)
    assert not any(line.startswith("lost: ") for line in status(home.root, now()))


def test_a_folder_that_is_gone_is_made_anew_too(tmp_path):
    home = with_a_task(tmp_path / "home")
    [(key, _, images)] = tasks(home)
    shutil.rmtree(home.root / "tasks" / key)
    assert any(line.startswith(f"lost: {key}: ") for line in status(home.root, now()))
    open_again(home.root, key)
    list(run_due(home.root))
    answer(home, key, images)
    list(run_due(home.root))
    assert home.annotations.read(DAY).height == 1
    assert due.answers(home) == {}


def test_a_task_that_nobody_knows_is_not_noted(tmp_path):
    home = with_a_task(tmp_path / "home")
    with pytest.raises(InputError, match="no task 2025-03-02-beef was opened"):
        open_again(home.root, "2025-03-02-beef")
