"""Who stops a command, or starts it beside another one, is told how it stands in a sentence."""

import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from autoretrain_assets.commands.status import status
from autoretrain_assets.locks import held
from autoretrain_assets.resources import turns
from autoretrain_tests.cli.calling import Answer, is_one_sentence
from autoretrain_tests.homes import laid_out, send


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_waits_for_another_says_so_and_can_be_stopped(tmp_path, stop):
    home = laid_out(tmp_path / "home")
    send(home, "a")
    command = [sys.executable, "-u", "-m", "autoretrain_assets.cli", "run", "--home", str(home.root)]
    with held(turns(home.root)[0]):
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = run.stdout.readline()
        begun = home.root / "work" / "runs"
        while not any(begun.glob("*.lock")):
            assert run.poll() is None
        run.send_signal(stop)
        out, err = run.communicate(timeout=60)

    assert said == "another run is at work on this home: this one takes its turn after it\n"
    is_one_sentence(Answer(run.returncode, out, err), "stopped at feedback", "the next run takes it up", code=130)
    subprocess.run(command, check=True, capture_output=True)
    assert not [line for line in status(home.root, datetime.now(UTC)) if line.startswith("failed")]
