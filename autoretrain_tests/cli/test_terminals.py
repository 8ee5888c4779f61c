"""The command line at a terminal and away from one: completion, colours, and where it says what."""

import os
import pty
import subprocess
import sys

import pytest

MODULE = [sys.executable, "-m", "autoretrain_assets.cli"]


def called(*arguments, **environment):
    return subprocess.run(
        [*MODULE, *arguments], capture_output=True, text=True, check=False, env=os.environ | environment, timeout=120
    )


def at_a_terminal(*arguments, **environment):
    """What a terminal is shown."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([*MODULE, *arguments], stdout=follower, stderr=follower, env=os.environ | environment)
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # a terminal that nobody writes to any more
            break
        if not part:
            break
        shown += part
    os.close(leader)
    assert process.wait(timeout=120) == 0
    return shown.decode()


@pytest.mark.parametrize(
    ("words", "expected"),
    [("autoretrain pro", ["promote"]), ("autoretrain quarantine ", ["list", "show", "retry"])],
)
def test_a_shell_can_complete(words, expected):
    count = str(len(words.split(" ")) - 1)
    ended = called(_AUTORETRAIN_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=count)
    assert ended.stdout.split() == expected


def test_completion_can_be_installed():
    assert "--install-completion" in called("--help").stdout


def test_the_exit_codes_are_told():
    told = " ".join(called("--help").stdout.split())
    for code in ("0 done", "2 an argument", "3 stored bytes", "4 the version store", "5 the labelling", "6 training"):
        assert code in told


def test_away_from_a_terminal_nothing_is_drawn():
    ended = called("run", TERM="xterm-256color", AUTORETRAIN_HOME="")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--home" in ended.stderr
    assert ended.stderr.isascii()


def test_a_terminal_has_colours_unless_it_wants_none():
    environment = {"TERM": "xterm-256color", "COLUMNS": "100"}
    assert "\x1b[" in at_a_terminal("--help", **environment)
    plain = at_a_terminal("--help", NO_COLOR="1", **environment)
    assert "\x1b[" not in plain
    assert plain.isascii()
