"""`make test-cvat`, on a stand-in that it takes for a real server."""

import os
import subprocess
import sys

import pytest

from autoretrain_tests.cvat.person import Person
from autoretrain_tests.cvat.real import RealServer
from autoretrain_tests.labeling.cvat.projects import Owner

ACCOUNT = {"CVAT_USER": "admin", "CVAT_PASSWORD": "admin-password"}


def on_a_server(*arguments, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CVAT_")}
    command = [sys.executable, "-m", "autoretrain_tests.cvat.real", *arguments]
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, timeout=600, check=False)


def test_without_a_server_it_says_how_to_name_one():
    done = on_a_server(CVAT_URL="http://127.0.0.1:1")
    assert done.returncode == 2
    assert "CVAT_USER=… CVAT_PASSWORD=… make test-cvat" in done.stderr


@pytest.mark.parametrize("by", ["token", "password"])
def test_what_is_made_there_is_removed_and_nothing_else(cvat_server, tmp_path, by):
    person = Person(cvat_server)
    person.send("POST", "/api/projects", {"name": "somebody's", "labels": []})
    signed = {"CVAT_TOKEN": cvat_server.token} if by == "token" else ACCOUNT
    real = RealServer({"CVAT_URL": cvat_server.url} | signed)
    owner = Owner(real, tmp_path)
    owner.label(owner.add_task(2), {0: [("car", 1, 2, 30, 40)]})
    assert person.send("GET", "/api/projects")["count"] == 2
    real.clean()
    assert [one["name"] for one in person.send("GET", "/api/projects")["results"]] == ["somebody's"]
    assert person.send("GET", "/api/tasks")["count"] == 0


@pytest.mark.slow
def test_it_runs_and_skips_what_only_a_stand_in_can_be_told(cvat_server):
    some = "(drawn and boxes) or originals or gone or what_people_saw"
    done = on_a_server("-k", f"({some}) and not folder", CVAT_URL=cvat_server.url, **ACCOUNT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "only a stand-in has world" in done.stdout
    assert cvat_server.log.count("POST /api/tasks$") > 3
    assert Person(cvat_server).send("GET", "/api/projects")["count"] == 0


def test_a_server_that_does_not_take_the_credentials_is_told(cvat_server):
    done = on_a_server(CVAT_URL=cvat_server.url, CVAT_TOKEN="no-token")  # noqa: S106
    assert done.returncode == 2
    assert "does not take the credentials" in done.stderr
