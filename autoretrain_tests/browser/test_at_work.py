"""What an owner sees and does on Dagster's pages while the loop is at work: sensors, and a backfill by hand."""

import pytest

from autoretrain_assets.automation.sensors import sensors
from autoretrain_assets.config.settings import Automation
from autoretrain_tests.browser.conftest import CHROMIUM
from autoretrain_tests.browser.looking import sees, sync_api
from autoretrain_tests.crash.invariants import came_to
from autoretrain_tests.homes import DAY, NEXT, send, tasks

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH: apt-get install chromium"),
]
SENSORS = [sensor.name for sensor in sensors(Automation())]
NOTHING_TO_DO = {
    "feedback_arrived": "no event waits in the inbox",
    "answers_finished": "no task waits for people",
    "retraining_due": "0 new labelled images: 100 are needed",
    "broken_off": "every run at work has its process",
    "tidied": "removed 0 old runs",
}


def page_of(server, sensor):
    return f"{server}/locations/autoretrain/sensors/{sensor}"


def test_all_sensors_are_on(page, working_server):
    page.goto(f"{working_server}/automation")

    sees(page, *SENSORS)
    sync_api.expect(page.locator("input[type=checkbox]:checked")).to_have_count(len(SENSORS), timeout=60_000)


@pytest.mark.parametrize(("sensor", "words"), NOTHING_TO_DO.items(), ids=list(NOTHING_TO_DO))
def test_a_tick_that_starts_nothing_says_why(page, working_server, sensor, words):
    page.goto(page_of(working_server, sensor))

    page.get_by_text("0 runs requested").first.hover()

    sees(page, words)


def test_past_days_are_taken_in_by_a_backfill_and_a_second_one_changes_nothing(page, working_server, working_home):
    page.goto(page_of(working_server, "feedback_arrived"))
    sees(page, "0 runs requested")  # the sensor has looked, and leaves what comes now to the clicks
    for day in (DAY, NEXT):
        for number in range(3):
            send(working_home, f"{day}-{number}", day=day)

    backfill(page, working_server, DAY, NEXT)

    assert not any(working_home.inbox.rglob("*.json"))
    assert [len(images) for day in (DAY, NEXT) for _, _, images in tasks(working_home, day)] == [3, 3]
    before = came_to(working_home)
    backfill(page, working_server, DAY, NEXT)
    assert came_to(working_home) == before


def backfill(page, server, first, last):
    """Click a backfill of the job `feedback` from one day to another, and wait for its end."""
    page.goto(f"{server}/locations/autoretrain/jobs/feedback")
    page.get_by_role("button", name="Materialize all…").click()
    page.get_by_text("Show all partitions").click()
    days = page.get_by_placeholder("ex: ")
    days.fill(f"[{first}...{last}]")
    days.press("Enter")
    sees(page, "2 partitions")
    page.get_by_role("button", name="Launch backfill").click()
    sees(page, "Created backfill")
    page.get_by_text("View", exact=True).click()
    sees(page, "100% completed")
    sync_api.expect(page.get_by_text("Succeeded", exact=True)).to_have_count(2, timeout=60_000)  # a heading, and it
