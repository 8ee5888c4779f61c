"""Dagster's pages of what a replay left, and of a home at work, and a headless chromium to look at them."""

import os
import shutil
from pathlib import Path

import dagster as dg
import pytest

from autoretrain_assets.config.template import render
from autoretrain_assets.files import write_text
from autoretrain_assets.home import SETTINGS, Home
from autoretrain_assets.loop import opened
from autoretrain_tests.browser import serving
from autoretrain_tests.homes import laid_out

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OWNER = "team:street"


@pytest.fixture(scope="package")
def ui_home(played, tmp_path_factory):
    """The played home elsewhere, for a webserver writes into Dagster's folder; and it has an owner."""
    root = tmp_path_factory.mktemp("ui") / "home"
    shutil.copytree(played.home.root, root, symlinks=True)
    settings = played.home.settings
    owned = settings.automation.model_copy(update={"owners": [OWNER]})
    write_text(root / SETTINGS, render(settings.model_copy(update={"automation": owned})))
    return Home.open(root)


@pytest.fixture(scope="package")
def server(ui_home):
    """The address of a webserver on that home."""
    with serving.webserver(ui_home) as address:
        yield address


@pytest.fixture(scope="package")
def working_home(tmp_path_factory):
    """A home without a model whose sensors look once and then not for an hour: a test's own clicks come first."""
    return laid_out(tmp_path_factory.mktemp("working") / "home", "automation.poll_seconds=3600")


@pytest.fixture(scope="package")
def working_server(working_home):
    """The address of a webserver on the home at work, with the daemon beside it."""
    with serving.webserver(working_home) as address, serving.eager_daemon(working_home):
        yield address


@pytest.fixture(scope="package")
def training_run(ui_home):
    """The run that made v0002."""
    wanted = dg.RunsFilter(job_name="retrain", tags={"dagster/partition": "v0002"})
    with opened(ui_home) as loop:
        return loop.instance.get_runs(wanted)[0]


@pytest.fixture(scope="package")
def browser(server, working_server, training_run):
    """Chromium without a window.

    It comes after all that runs Dagster here, and goes with the last page: both want this thread's event loop, as
    others after them do.
    """
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, request, tmp_path):
    """A page on a laptop's screen. What it showed last is kept where AUTORETRAIN_ARTEFACTS names a folder."""
    shown = browser.new_page(viewport={"width": 1440, "height": 1800})
    shown.set_default_timeout(60_000)
    yield shown
    folder = Path(os.environ.get("AUTORETRAIN_ARTEFACTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    shown.screenshot(path=folder / f"{request.node.name}.png", animations="disabled")
    shown.close()
