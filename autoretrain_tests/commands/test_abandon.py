"""A version that can never be trained is abandoned by its owner, and the loop goes on."""

import pytest

from autoretrain_assets import due
from autoretrain_assets.commands import releases
from autoretrain_assets.errors import InputError
from autoretrain_assets.locks import held
from autoretrain_assets.release import decisions
from autoretrain_assets.resources import turn
from autoretrain_tests.homes import NEXT, commit_version, decide, label, laid_out
from autoretrain_tests.tables import annotation


@pytest.fixture
def stuck(tmp_path):
    """A home whose second version is tagged, and was never trained."""
    home = laid_out(tmp_path / "home", "retrain.min_new_labels=1")
    label(home, annotation("a"))
    commit_version(home, "v0001", tmp_path)
    decide(home, "v0001", "hold", None)
    label(home, annotation("b"), day=NEXT)
    commit_version(home, "v0002", tmp_path)
    return home


def test_the_next_version_comes_when_it_has_labels_of_its_own(stuck):
    assert due.retraining(stuck).version == "v0002"
    said = releases.abandon(stuck.root, "v0002", "its boxes are NaN", "ann")
    assert said.startswith("v0002: abandoned: its boxes are NaN (by ann)")
    assert (due.retraining(stuck).version, due.retraining(stuck).verdict.trigger) == ("v0003", None)
    label(stuck, annotation("b"), annotation("c", seconds=900), day=NEXT)
    assert (due.retraining(stuck).version, due.retraining(stuck).verdict.trigger) == ("v0003", "labels")


def test_what_is_decided_is_not_abandoned(stuck):
    with pytest.raises(InputError, match=r"v0001 is decided \(hold\)"):
        releases.abandon(stuck.root, "v0001", "no", "ann")
    assert decisions.read(stuck.store, "v0001")["outcome"] == "hold"


def test_only_a_version_that_exists_and_is_not_at_work_is_abandoned(stuck):
    with pytest.raises(InputError, match="no dataset version v0009: known are v0001, v0002"):
        releases.abandon(stuck.root, "v0009", "no", "ann")
    with held(turn(stuck.root, "v0002")), pytest.raises(InputError, match="a retraining is at work"):
        releases.abandon(stuck.root, "v0002", "no", "ann")
    assert not decisions.is_made(stuck.store, "v0002")
