"""A server may be far away: whoever looks asks it little, however many versions there are."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from autoretrain_assets import checkpoints
from autoretrain_assets.commands import status
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_tests.homes import DAY, SHA256, commit_version, decide, label, laid_out, ticked
from autoretrain_tests.lakefs.fixtures import beyond
from autoretrain_tests.lakefs.homes import on_lakefs
from autoretrain_tests.lakefs.proxy import Proxy
from autoretrain_tests.tables import annotation

pytestmark = pytest.mark.slow


@pytest.fixture
def home(proxy, lakefs_server, tmp_path) -> Home:
    """With three versions, of which the last was released and is served."""
    home = laid_out(tmp_path / "home", *on_lakefs(beyond(proxy, lakefs_server).settings))
    for number in (1, 2, 3):
        next_version(home, number, tmp_path)
    checkpoints.publish(home)
    return home


def next_version(home: Home, number: int, folder) -> None:
    """One that was decided on, and released where it was to be."""
    version = f"v{number:04}"
    label(home, annotation(f"{number:02}" * 32), day=DAY + timedelta(number))
    commit_version(home, version, folder)
    decide(home, version, "promote" if number % 2 else "hold", None)
    if number % 2:
        registry.promote(home.store, version, SHA256, because="it is better", by="gate")


def asked(proxy: Proxy, work) -> int:
    proxy.asked.clear()
    work()
    return len(proxy.asked)


def test_a_tick_of_a_daemon_that_has_nothing_to_do_asks_few_questions(home, proxy):
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = ticked(home, instance, "retraining_due").cursor
        assert asked(proxy, lambda: ticked(home, instance, "retraining_due", cursor)) <= 5
        assert asked(proxy, lambda: ticked(home, instance, "broken_off")) <= 4
        for sensor in ("feedback_arrived", "answers_finished", "tidied"):
            assert asked(proxy, lambda sensor=sensor: ticked(home, instance, sensor)) == 0


def test_with_more_versions_no_more_is_asked_than_what_was_decided_on_each(home, proxy, tmp_path):
    def look() -> None:
        list(status.status(home.root, datetime.now(UTC)))

    few = asked(proxy, look)
    for number in (4, 5, 6):
        next_version(home, number, tmp_path)
    assert asked(proxy, look) <= few + 2 * 3
