"""The home as a run is handed it: two runs of one day take turns, and a run shows that it lives."""

import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from autoretrain_assets import resources
from autoretrain_assets.locks import held, is_held
from autoretrain_assets.loop import opened
from autoretrain_assets.resources import HomeResource, alive
from autoretrain_tests.homes import DAY, laid_out, send

pytestmark = pytest.mark.slow

RUN = """
import sys, time
from pathlib import Path
import dagster as dg
from autoretrain_assets.resources import HomeResource

root, partition, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

@dg.op(required_resource_keys={"home"})
def work():
    (root / f"{name} is in").touch()
    while not (root / f"{name} may go").exists():
        time.sleep(0.02)
    (root / f"{name} is in").unlink()

@dg.job(resource_defs={"home": HomeResource(root=str(root))})
def job():
    work()

job.execute_in_process(tags={"dagster/partition": partition})
"""


@pytest.fixture
def start(tmp_path):
    """Runs, each in a process of its own, that stay in their work until they may go."""
    started = []

    def run(partition, name):
        started.append(subprocess.Popen([sys.executable, "-W", "ignore", "-c", RUN, str(tmp_path), partition, name]))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def living(root):
    return sum(is_held(path) for path in (root / "work" / "runs").glob("*.lock"))


@pytest.mark.parametrize(("first", "second"), [(str(DAY), str(DAY)), ("v0002", "v0003")])
def test_two_runs_of_one_day_or_of_whatever_versions_take_turns(tmp_path, start, first, second):
    start(first, "a")
    until((tmp_path / "a is in").exists)
    start(second, "b")
    until(lambda: living(tmp_path) == 2)
    time.sleep(0.3)
    assert not (tmp_path / "b is in").exists()

    (tmp_path / "a may go").touch()
    until((tmp_path / "b is in").exists)
    assert not (tmp_path / "a is in").exists()


def test_a_killed_run_gives_way_to_the_next(tmp_path, start):
    killed = start(str(DAY), "a")
    until((tmp_path / "a is in").exists)
    start(str(DAY), "b")
    until(lambda: living(tmp_path) == 2)
    killed.kill()
    until((tmp_path / "b is in").exists)
    assert living(tmp_path) == 1


def test_a_version_does_not_wait_for_a_day(tmp_path, start):
    for partition, name in ((str(DAY), "a"), ("v0002", "b")):
        start(partition, name)
    until(lambda: all((tmp_path / f"{name} is in").exists() for name in "ab"))


def test_a_run_that_let_go_of_its_lock_is_not_lost_before_dagster_knows_its_end(tmp_path, monkeypatch):
    home = laid_out(tmp_path / "home")
    send(home, "one")
    mended = []

    @contextmanager
    def watched(path):
        with held(path):
            yield
        mended.append(loop.mend())

    monkeypatch.setattr(resources, "held", watched)
    with opened(home) as loop:
        loop.feedback(DAY)
        [run] = loop.instance.get_runs()
    assert mended == [([], []), ([], [])]
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert not is_held(alive(home.root, run.run_id))


def test_outside_a_run_nothing_is_locked(tmp_path):
    with dg.build_resources({"home": HomeResource(root=str(tmp_path))}):
        assert list(Path(tmp_path).rglob("*.lock")) == []


def test_a_change_of_the_settings_counts_from_the_next_opening_on(tmp_path):
    home = laid_out(tmp_path / "home")
    resource = HomeResource(root=str(home.root))
    assert resource.open().settings.automation.attempts == 3
    path = home.root / "autoretrain.yaml"
    path.write_text(path.read_text().replace("attempts: 3", "attempts: 5"))
    assert resource.open().settings.automation.attempts == 5


OPEN = """
import sys, time
from pathlib import Path
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened

home = Home.open(Path(sys.argv[1]))
print("ready", flush=True)
while not (home.root / "go").exists():
    time.sleep(0.005)
with opened(home) as loop:
    loop.instance.get_runs()
"""


def test_several_may_be_the_first_to_open_a_home(tmp_path):
    home = laid_out(tmp_path / "home")
    shutil.rmtree(home.dagster)
    command = [sys.executable, "-c", OPEN, str(home.root)]
    openers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for one in openers:
        one.stdout.readline()
    (home.root / "go").touch()
    assert [one.wait(timeout=120) for one in openers] == [0, 0, 0]
