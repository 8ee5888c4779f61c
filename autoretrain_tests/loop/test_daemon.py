"""The daemon alone drives the loop: events come in, a person labels, production moves."""

import dagster as dg
import pytest

from autoretrain_assets.loop import opened
from autoretrain_assets.release import registry
from autoretrain_assets.replay import camera
from autoretrain_assets.replay.camera import Shoot
from autoretrain_tests.crash.invariants import violations
from autoretrain_tests.crash.story import is_at_rest
from autoretrain_tests.loop import living

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def daylight(tmp_path_factory):
    """All that the first model's owner knows: days."""
    shoots = (Shoot("day", "train", "day", 4), Shoot("day", "val", "day", 12))
    return camera.draw(tmp_path_factory.mktemp("daylight"), seed=0, shoots=shoots)


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Other nights of the same street, that no data set has."""
    return camera.draw(
        tmp_path_factory.mktemp("nights"),
        seed=1,
        shoots=(Shoot("night", "train", "night", 16), Shoot("night", "val", "night", 1)),
    )


@pytest.mark.parametrize(
    ("trigger", "settings"),
    [
        ("labels", ["retrain.min_new_labels=5", "retrain.min_new_labels_on_drift=100000"]),
        ("drift", ["retrain.min_new_labels=100000", "retrain.min_new_labels_on_drift=5", "drift.min_images=4"]),
    ],
)
def test_production_moves_without_a_command(tmp_path, daylight, nights, trigger, settings):
    home = living.founded(tmp_path / "home", daylight, settings)
    truth = living.report(home, nights, "night", days=2)

    with living.daemon(home), living.person(home, truth):
        living.wait_until(lambda: registry.current(home.store).version == "v0002", 600, tmp_path / "home-daemon.log")

    with opened(home) as loop:
        [run] = loop.instance.get_runs(dg.RunsFilter(tags={"dagster/partition": "v0002"}))
        assert run.tags["autoretrain/trigger"] == trigger
        assert "new labelled images" in run.tags["autoretrain/why"]
    assert not any(home.inbox.glob("**/*.json"))


def test_two_daemons_on_one_home_do_nothing_twice(tmp_path, daylight, nights):
    home = living.founded(
        tmp_path / "home", daylight, ["retrain.min_new_labels=5", "retrain.min_new_labels_on_drift=5"]
    )
    truth = living.report(home, nights, "night", days=2)
    sent = [path.stem for path in home.inbox.rglob("*.json")]

    with living.daemon(home), living.daemon(home), living.person(home, truth):
        living.wait_until(lambda: registry.current(home.store).version != "v0001", 600, tmp_path / "home-daemon.log")
        living.wait_until(lambda: is_at_rest(home), 600, tmp_path / "home-daemon.log")

    assert violations(home, sent) == []
