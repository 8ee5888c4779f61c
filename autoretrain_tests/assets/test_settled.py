"""Which decisions stand: what was released, or overtaken by a later decision, is not decided by today's rules."""

import json

import pytest

from autoretrain_assets.assets import settled
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.version import write
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.schema import MANIFEST, empty
from autoretrain_assets.store import artifacts


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path, parse_settings("dataset: {classes: [car]}"))


def version(home, name, *, champion=None, decided="hold"):
    write(home.store, name, empty(MANIFEST), {}, ["car"], None, {"made for": name})
    files = {"evaluation.json": {"champion": champion}} | ({"decision.json": {"outcome": decided}} if decided else {})
    contents = {file: json.dumps(content).encode() for file, content in files.items()}
    artifacts.put(home.store, name, contents, "as measured")


def release(home, name):
    registry.promote(home.store, name, "a" * 64, "better", "gate")


def test_the_newest_held_version_may_be_decided_again(home):
    version(home, "v0001", decided="promote")
    release(home, "v0001")
    version(home, "v0002", champion="v0001")

    assert settled.why(home, "v0002") is None
    assert settled.champion(home, "v0002") == "v0001"


def test_a_held_version_keeps_its_champion_after_a_later_release(home):
    version(home, "v0001", decided="promote")
    release(home, "v0001")
    version(home, "v0002", champion="v0001")
    version(home, "v0003", champion="v0001", decided="promote")
    release(home, "v0003")

    assert settled.why(home, "v0002") == "v0003 was decided after it"
    assert settled.champion(home, "v0002") == "v0001"
    assert settled.champion(home, "v0003") == "v0001"


def test_what_was_released_is_not_decided_anew_not_even_while_it_is_the_newest(home):
    version(home, "v0001", decided="promote")
    release(home, "v0001")

    assert settled.why(home, "v0001") == "it was released"
    assert settled.champion(home, "v0001") is None


def test_without_a_decision_a_version_meets_production_as_it_is_now(home):
    version(home, "v0001", decided="promote")
    version(home, "v0002", champion="v0001", decided=None)
    version(home, "v0003", champion="v0001", decided="promote")
    release(home, "v0001")
    release(home, "v0003")

    assert settled.why(home, "v0002") is None
    assert settled.champion(home, "v0002") == "v0003"


def test_a_model_that_was_in_production_before_it_was_measured_has_no_champion(home):
    version(home, "v0001", decided=None)
    release(home, "v0001")

    assert settled.why(home, "v0001") is None
    assert settled.champion(home, "v0001") is None
