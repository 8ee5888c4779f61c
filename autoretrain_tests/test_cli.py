"""The command line: an error that a person can mend is one sentence and a code."""

import subprocess
import sys

import pytest

from autoretrain_assets.config import parse_settings
from autoretrain_assets.founding import lay_out


def autoretrain(*arguments):
    command = [sys.executable, "-m", "autoretrain_assets.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command", [["init"], ["run"], ["promote"], ["rollback"], ["replay"], ["label", "done"], ["label", "list"]]
)
def test_every_command_explains_itself(command):
    answer = autoretrain(*command, "--help")

    assert answer.returncode == 0
    assert "Usage" in answer.stdout


def is_one_sentence(answer, *words):
    assert answer.returncode not in {0, 1}
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1, answer.stderr
    for word in words:
        assert word in answer.stderr


def test_a_home_that_is_none(tmp_path):
    is_one_sentence(autoretrain("run", "--home", tmp_path), "autoretrain.yaml does not exist", "autoretrain init")


def test_settings_with_a_typo_name_line_and_field(tmp_path):
    lay_out(tmp_path / "home", parse_settings("dataset: {classes: [car]}"))
    (tmp_path / "home" / "autoretrain.yaml").write_text("dataset: {classes: [car]}\ntraining:\n  epoch: 3\n")

    is_one_sentence(autoretrain("run", "--home", tmp_path / "home"), "line 3", "training.epoch", "epochs")


def test_a_rollback_without_a_release(tmp_path):
    lay_out(tmp_path / "home", parse_settings("dataset: {classes: [car]}"))

    is_one_sentence(
        autoretrain("rollback", "--home", tmp_path / "home", "--because", "x", "--by", "me"), "name a version"
    )


def test_a_task_that_is_none(tmp_path):
    lay_out(tmp_path / "home", parse_settings("dataset: {classes: [car]}"))

    is_one_sentence(autoretrain("label", "done", "nope", "--home", tmp_path / "home", "--by", "me"), "nope")


def test_a_replay_of_nothing(tmp_path):
    weights = tmp_path / "w.pt"
    start = ["--start", "day", "--then", "night"]

    is_one_sentence(autoretrain("replay", tmp_path, *start, "--weights", weights), "domains.csv does not exist")
    is_one_sentence(autoretrain("replay", tmp_path, *start), "--weights", "--model")
    is_one_sentence(autoretrain("replay", tmp_path, *start, "--weights", weights, "--model", weights), "--weights")


def test_data_for_a_home_that_is_none(tmp_path):
    answer = autoretrain("init", tmp_path / "home", "--weights", tmp_path / "w.pt", "--data", tmp_path / "d.yaml")

    is_one_sentence(answer, "d.yaml does not exist")
