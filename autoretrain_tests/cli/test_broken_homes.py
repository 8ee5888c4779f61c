"""Homes that something happened to: a sentence that says what, or it just works."""

import errno
import json
import os
import shutil

import pytest

from autoretrain_assets.config import parse_settings
from autoretrain_assets.config.template import render
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.home import Home
from autoretrain_assets.loop import DATABASES
from autoretrain_tests.cli.calling import is_one_sentence
from autoretrain_tests.homes import DAY, answer, send, tasks, with_a_task


@pytest.fixture
def home(tmp_path):
    return with_a_task(tmp_path / "home")


def test_a_home_that_was_moved_goes_on(autoretrain, home, tmp_path):
    [(key, _, images)] = tasks(home)
    there = tmp_path / "an other place \N{SNOWMAN} ü"
    home.root.rename(there)
    moved = Home.open(there)
    answer(moved, key, images)
    send(moved, "b")

    ended = autoretrain("run", "--home", there)

    assert (ended.code, ended.err) == (0, "")
    assert f"{DAY}: 1 new event, " in ended.out
    assert f"{DAY}: 1 image labelled" in ended.out
    assert autoretrain("status", "--home", there).code == 0
    assert not home.root.exists()


def test_no_file_of_a_home_holds_its_path_but_what_is_only_shown(home):
    named = {"cvat_tasks", "dagster", "README.txt"}  # a task's address and its command are for people, and not read
    holding = [
        path.relative_to(home.root)
        for path in home.root.rglob("*")
        if path.is_file() and str(home.root).encode() in path.read_bytes()
    ]
    assert [path for path in holding if not named & set(path.parts)] == []


@pytest.mark.parametrize("file", DATABASES)
def test_a_database_of_dagsters_that_is_damaged_is_named_and_may_go(autoretrain, home, file):
    (home.dagster / file).write_bytes(b"no database at all, but some bytes of text")
    ended = autoretrain("run", "--home", home.root)
    is_one_sentence(
        ended, f"{file} is damaged", "and remove", "the loop does not need its runs", code=IntegrityError.exit_code
    )
    shutil.rmtree(home.dagster)
    assert autoretrain("run", "--home", home.root).code == 0


def test_an_inbox_that_vanished_is_told_and_stops_nothing(autoretrain, home):
    shutil.rmtree(home.inbox)
    ended = autoretrain("run", "--home", home.root)
    assert ended.code == 0
    assert "is gone: no event can come in; make the folder again, or mount it" in ended.out


def test_an_empty_day_is_nothing_to_do(autoretrain, home):
    (home.inbox / "2025-03-07").mkdir()
    ended = autoretrain("run", "--home", home.root)
    assert (ended.code, ended.out) == (0, "no retraining: 0 new labelled images: 100 are needed\n")


def test_settings_with_a_tab_name_the_line(autoretrain, home):
    (home.root / "autoretrain.yaml").write_text("dataset:\n\tclasses: [car]\n")
    for command in ("run", "status"):
        is_one_sentence(autoretrain(command, "--home", home.root), "line 2: not YAML", "Mend that line")


def test_settings_of_an_older_version_have_the_defaults_of_this_one(autoretrain, home):
    (home.root / "autoretrain.yaml").write_text("dataset: {classes: [car, bus, person]}\n")
    assert autoretrain("status", "--home", home.root).code == 0


def test_settings_of_a_newer_version_say_what_to_change(autoretrain, home):
    text = render(parse_settings("dataset: {classes: [car]}")) + "future:\n  speed: 3\n"
    (home.root / "autoretrain.yaml").write_text(text)
    line = text.splitlines().index("future:") + 1
    ended = autoretrain("status", "--home", home.root)
    is_one_sentence(ended, f"line {line}: future", "another version of autoretrain wrote can be removed")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_home_that_can_only_be_read_is_one_sentence(autoretrain, home, monkeypatch, number):
    def closed(root):
        raise OSError(number, os.strerror(number), str(root / "dagster"))

    monkeypatch.setattr("autoretrain_assets.commands.runs.run_due", closed)
    is_one_sentence(autoretrain("run", "--home", home.root), "dagster", "let this user write there", code=1)


def test_of_two_homes_the_one_of_the_command_is_used_and_said_so(autoretrain, home, monkeypatch, tmp_path):
    monkeypatch.setenv("AUTORETRAIN_HOME", str(tmp_path / "other"))
    ended = autoretrain("status", "--home", home.root)
    assert ended.code == 0
    assert f"AUTORETRAIN_HOME names {tmp_path / 'other'}; --home wins: {home.root} is used" in ended.err
    monkeypatch.setenv("AUTORETRAIN_HOME", str(home.root))
    assert autoretrain("status").err == autoretrain("status", "--home", home.root).err == ""


def test_check_answers_by_its_exit_code_and_as_json(autoretrain, home):
    ended = autoretrain("check", "--home", home.root, "--json")
    assert ended.code == 1
    found = {one["name"]: one["ok"] for one in json.loads(ended.out)}
    assert found["settings"]
    assert not found["weights"]
