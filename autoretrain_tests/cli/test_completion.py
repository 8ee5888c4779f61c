"""A shell that asks for the rest of a word is told the commands that begin so."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

ASKED = {
    "bash": {"_AUTORETRAIN_COMPLETE": "complete_bash", "COMP_WORDS": "autoretrain pro", "COMP_CWORD": "1"},
    "zsh": {"_AUTORETRAIN_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "autoretrain pro"},
    "fish": {
        "_AUTORETRAIN_COMPLETE": "complete_fish",
        "_TYPER_COMPLETE_ARGS": "autoretrain pro",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    },
}


@pytest.mark.parametrize("shell", ASKED)
def test_a_commands_name_is_completed(shell):
    command = [sys.executable, "-m", "autoretrain_assets.cli"]
    answer = subprocess.run(command, env=os.environ | ASKED[shell], capture_output=True, text=True, check=False)
    assert "promote" in answer.stdout
    assert "rollback" not in answer.stdout
    assert answer.stderr == ""


@pytest.mark.parametrize("shell", ASKED)
def test_each_shell_gets_a_script_that_asks(shell):
    command = [sys.executable, "-m", "autoretrain_assets.cli"]
    env = os.environ | {"_AUTORETRAIN_COMPLETE": f"source_{shell}"}
    script = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert f"complete_{shell}" in script
    assert "autoretrain" in script
