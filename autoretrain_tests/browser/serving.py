"""What a browser talks to: Dagster's webserver on a home, and the daemon that works beside it."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from autoretrain_assets.home import Home
from autoretrain_tests.loop import living

PATIENCE = 120
"""Seconds that a process may need to load the definitions, on a busy machine."""


@contextmanager
def webserver(home: Home) -> Iterator[str]:
    """The address of a webserver on the home; it ends with the block."""
    port = _free_port()
    command = [sys.executable, "-m", "dagster_webserver", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    log = home.root.parent / f"{home.root.name}-webserver.log"
    with living.running(command, log, _homes(home)) as process:
        deadline = time.monotonic() + PATIENCE
        while not _answers(port):
            if time.monotonic() > deadline or process.poll() is not None:
                pytest.fail(f"the webserver did not come up:\n{log.read_text()[-4000:]}")
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def eager_daemon(home: Home) -> Iterator[None]:
    """Dagster's daemon, which here looks for backfills every other second; it ends with the block."""
    command = [sys.executable, "-m", "autoretrain_tests.browser.eager_daemon", "run", "-w", "workspace.yaml"]
    with living.running(command, home.root.parent / f"{home.root.name}-daemon.log", _homes(home)):
        yield


def _homes(home: Home) -> dict[str, str]:
    return {"AUTORETRAIN_HOME": str(home.root), "DAGSTER_HOME": str(home.dagster)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
