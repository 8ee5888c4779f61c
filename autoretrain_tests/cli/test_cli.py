"""The command line: an error that a person can mend is one sentence and a code, and never a traceback."""

import errno
import json
import os
import subprocess
import sys

import pytest
from PIL import Image

from autoretrain_assets.config import parse_settings
from autoretrain_assets.founding import lay_out
from autoretrain_tests.cli.calling import Answer, is_one_sentence
from autoretrain_tests.homes import tasks, with_a_task

COMMANDS = [
    *([name] for name in ("init", "run", "backfill", "promote", "rollback", "abandon", "replay")),
    *([name] for name in ("status", "check", "explain", "compare", "report")),
    *(["label", name] for name in ("list", "done")),
    *(["quarantine", name] for name in ("list", "show", "retry")),
    ["intake", "serve"],
]


@pytest.fixture
def home(tmp_path):
    return lay_out(tmp_path / "home", parse_settings("dataset: {classes: [car]}")).root


@pytest.fixture
def data(tmp_path):
    """Three images for an owner's data.yaml, in one split."""
    (tmp_path / "images").mkdir()
    for number in range(3):
        Image.new("RGB", (64, 64), (80 * number, 0, 0)).save(tmp_path / "images" / f"{number}.png")
    (tmp_path / "data.yaml").write_text("train: images\nnames: [car]\n")
    return tmp_path / "data.yaml"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(autoretrain, command):
    answer = autoretrain(*command, "--help")

    assert answer.code == 0
    assert answer.out.startswith("Usage: autoretrain")
    assert "Example: " in answer.out
    assert answer.out.isascii()


def test_a_command_that_fails_ends_its_process_with_its_code(tmp_path):
    command = [sys.executable, "-m", "autoretrain_assets.cli", "run", "--home", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    is_one_sentence(Answer(ended.returncode, ended.stdout, ended.stderr), "does not exist", "autoretrain init")


def test_settings_with_a_typo_name_line_and_field(autoretrain, home):
    (home / "autoretrain.yaml").write_text("dataset: {classes: [car]}\ntraining:\n  epoch: 3\n")

    is_one_sentence(autoretrain("run", "--home", home), "line 3", "training.epoch", "epochs")


def test_settings_that_are_no_text(autoretrain, home):
    (home / "autoretrain.yaml").write_bytes(b"\xff\xfea: b")

    is_one_sentence(autoretrain("run", "--home", home), "autoretrain.yaml is not plain text")


def test_a_home_that_lost_its_dagster_folder_makes_it_anew(autoretrain, home):
    (home / "dagster" / "dagster.yaml").unlink()
    (home / "dagster").rmdir()

    answer = autoretrain("run", "--home", home)

    assert (answer.code, answer.err) == (0, "")
    assert "no retraining: 0 new labelled images" in answer.out
    assert "telemetry" in (home / "dagster" / "dagster.yaml").read_text()


def test_a_move_of_production_that_cannot_be(autoretrain, home):
    reasoned = ["--home", home, "--because", "x", "--by", "me"]

    is_one_sentence(autoretrain("rollback", *reasoned), "name a version")
    is_one_sentence(autoretrain("promote", "v0007", *reasoned), "no checkpoint v0007", "known are none")


@pytest.mark.parametrize("task", ["nope", "../home"])
def test_a_task_that_is_none(autoretrain, home, task):
    is_one_sentence(
        autoretrain("label", "done", task, "--home", home, "--by", "me"), f"no task {task}", "there are none"
    )


def test_tasks_are_told_a_script_too(autoretrain, tmp_path):
    home = with_a_task(tmp_path / "fed")
    [(key, _, _)] = tasks(home)
    [told] = json.loads(autoretrain("label", "list", "--json", "--home", home.root).out)
    assert (told["key"], told["images"], told["state"]) == (key, 1, "open")


def test_a_replay_of_nothing(autoretrain, tmp_path):
    weights = tmp_path / "w.pt"
    start = ["replay", tmp_path, "--start", "day", "--then", "night", "--home", tmp_path / "home"]

    is_one_sentence(autoretrain(*start, "--weights", weights), "domains.csv does not exist")
    is_one_sentence(autoretrain(*start), "--weights", "--model")
    is_one_sentence(autoretrain(*start, "--weights", weights, "--model", weights), "--weights")
    is_one_sentence(autoretrain(*start, "--weights", weights, "--set", "sed=1"), "--set sed", "seed")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("given", ["--weights", "--model"])
def test_a_replay_without_its_model_makes_no_home(autoretrain, data, tmp_path, given):
    (tmp_path / "domains.csv").write_text("image,domain,split,group\nimages/0.png,a,train,x\nimages/1.png,b,train,y\n")

    answer = autoretrain(
        "replay", tmp_path, "--start", "a", "--then", "b", "--home", tmp_path / "home", given, tmp_path / "w.pt"
    )

    is_one_sentence(answer, "w.pt")
    assert not (tmp_path / "home").exists()


def test_an_init_that_is_refused_leaves_no_home(autoretrain, data, tmp_path):
    init = ["init", tmp_path / "home", "--weights", tmp_path / "w.pt", "--data"]

    is_one_sentence(autoretrain(*init, tmp_path / "d.yaml"), "d.yaml does not exist")
    is_one_sentence(autoretrain(*init, data), "w.pt does not exist")
    is_one_sentence(autoretrain(*init, data, "--set", "training.epochs=["), "--set training.epochs=[", "YAML")
    is_one_sentence(autoretrain(*init, data, "--set", "training.epoch=1"), "training.epoch: ", "epochs")
    assert not (tmp_path / "home").exists()


def test_an_init_from_a_server_names_the_server_and_nothing_else(autoretrain, data, tmp_path):
    init = ["init", tmp_path / "home", "--weights", tmp_path / "w.pt", "--from-cvat", "street"]

    is_one_sentence(autoretrain(*init), "add --set labeling.cvat.url=")
    is_one_sentence(autoretrain(*init, "--data", data), "leave out --data and --images")
    is_one_sentence(autoretrain(*init, "--set", "labeling.cvat.url=street"), "the server's plain address")
    assert not (tmp_path / "home").exists()


def test_an_init_from_lakefs_names_the_server_and_no_other_data(autoretrain, data, tmp_path):
    init = ["init", tmp_path / "home", "--weights", tmp_path / "w.pt", "--from-lakefs", "data/main"]

    is_one_sentence(autoretrain(*init), "add --set store.lakefs.url=")
    is_one_sentence(autoretrain(*init, "--data", data), "leave out --data and --from-cvat")
    is_one_sentence(autoretrain(*init, "--from-cvat", "street"), "leave out --data and --from-cvat")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_one_sentence(autoretrain, home, monkeypatch, number):
    def full(root):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("autoretrain_assets.commands.runs.run_due", full)
    answer = autoretrain("run", "--home", home)
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "the disk is full" in answer.err


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.ENOTCONN])
def test_a_disk_that_is_gone_is_one_sentence_that_names_the_file(autoretrain, home, monkeypatch, number):
    def gone(root):
        raise OSError(number, os.strerror(number), "street/inbox")

    monkeypatch.setattr("autoretrain_assets.commands.runs.run_due", gone)
    is_one_sentence(autoretrain("run", "--home", home), "street/inbox", os.strerror(number), "see whether", code=1)


def test_a_path_that_no_disk_can_have_is_one_sentence(autoretrain, tmp_path):
    is_one_sentence(autoretrain("status", "--home", tmp_path / ("x" * 300)), "File name too long", code=1)
