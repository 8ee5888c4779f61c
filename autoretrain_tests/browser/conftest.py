"""A webserver on a copy of the played home, and a headless chromium to look at it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest

from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 120
"""Seconds that the webserver may need to load the definitions, on a busy machine."""


@pytest.fixture(scope="session")
def ui_home(played, tmp_path_factory):
    """The played home elsewhere: a webserver writes into Dagster's folder."""
    root = tmp_path_factory.mktemp("ui") / "home"
    shutil.copytree(played.home.root, root, symlinks=True)
    return Home.open(root)


@pytest.fixture(scope="session")
def server(ui_home):
    """The address of a webserver on that home; all that it started ends with it."""
    port = _free_port()
    command = [sys.executable, "-m", "dagster_webserver", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
    homes = {"AUTORETRAIN_HOME": str(ui_home.root), "DAGSTER_HOME": str(ui_home.dagster)}
    log = ui_home.root / "webserver.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | homes, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_for(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(process)


@pytest.fixture(scope="session")
def training_run(ui_home):
    """The id of the run that made v0002."""
    wanted = dg.RunsFilter(job_name="retrain", tags={"dagster/partition": "v0002"})
    with opened(ui_home) as loop:
        return loop.instance.get_runs(wanted)[0].run_id


@pytest.fixture(scope="session")
def browser(server, training_run):
    """Chromium without a window. It comes after all that runs Dagster here: both want this thread's event loop."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, request):
    """A page on a laptop's screen. What it showed last is kept where AUTORETRAIN_ARTEFACTS names a folder."""
    shown = browser.new_page(viewport={"width": 1440, "height": 1800})
    shown.set_default_timeout(60_000)
    shown.add_locator_handler(shown.get_by_role("button", name="Skip", exact=True), lambda button: button.click())
    yield shown
    if folder := os.environ.get("AUTORETRAIN_ARTEFACTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        shown.screenshot(path=Path(folder) / f"{request.node.name}.png")
    shown.close()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port, process, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    pytest.fail(f"the webserver did not come up:\n{log.read_text()[-4000:]}")


def _end(process):
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=15)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
