""".ci/run with a `make` that only notes what it was asked for: what it does where Go is, and where it is not."""

import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).parents[1] / ".ci" / "run"
TOOLS = ("bash", "cat", "dirname", "env", "mkdir", "sleep", "touch")


@pytest.fixture
def tools(tmp_path):
    """A folder of programs that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name))
    program(folder / "chromium", "true")
    program(folder / "make", 'echo "$1 ${AUTORETRAIN_LAKEFS:-}" >>asked')
    return folder


def program(path, line):
    path.write_text(f"#!/usr/bin/env bash\n{line}\n")
    path.chmod(0o755)


def ran(tools):
    """CI in a folder of its own, and what it asked of make."""
    place = tools.parent / "autoretrain"
    (place / ".ci").mkdir(parents=True)
    shutil.copy(RUN, place / ".ci")
    environment = {"PATH": str(tools), "GOROOT": str(tools / "no-go")}
    done = subprocess.run(
        [place / ".ci" / "run"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return done, (place / "asked").read_text().splitlines()


def test_without_go_it_says_so_and_goes_on(tools):
    done, asked = ran(tools)
    assert done.returncode == 0, done.stderr
    assert "No Go here" in done.stdout
    assert asked == ["install ", "check ", "test "]


def test_with_go_the_server_is_there_before_the_tests_and_none_on_it_may_be_skipped(tools):
    program(tools / "go", "true")
    program(tools / "make", '[ "$1" != lakefs ] || sleep 1\necho "$1 ${AUTORETRAIN_LAKEFS:-}" >>asked')
    done, asked = ran(tools)
    assert done.returncode == 0, done.stderr
    assert sorted(asked[:-1]) == ["check ", "install ", "lakefs "]
    assert asked[-1] == "test required"


def test_a_build_that_fails_fails_it_with_its_output(tools):
    program(tools / "go", "true")
    program(tools / "make", 'echo "$1" >>asked\n[ "$1" != lakefs ] || { echo "no such module"; exit 2; }')
    done, asked = ran(tools)
    assert done.returncode == 1
    assert "no such module" in done.stderr
    assert "test" not in asked


def test_what_fails_meanwhile_ends_the_build(tools):
    program(tools / "go", "true")
    building = "trap 'echo ended >>asked; exit' TERM; touch begun; while :; do sleep 0.1; done"
    failing = "while [ ! -e begun ]; do sleep 0.1; done; exit 1"
    program(tools / "make", f"case $1 in lakefs) {building};; check) {failing};; *) echo $1 >>asked;; esac")
    done, asked = ran(tools)
    assert done.returncode == 1
    assert asked == ["install", "ended"]
