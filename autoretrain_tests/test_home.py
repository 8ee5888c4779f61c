"""A home whose parts went missing or were torn: never begun anew in silence."""

import pytest

from autoretrain_assets import checkpoints
from autoretrain_assets.errors import StoreError
from autoretrain_assets.home import Home
from autoretrain_tests.homes import WEIGHTS, commit_version, decide, label, laid_out
from autoretrain_tests.tables import annotation


@pytest.fixture
def home(tmp_path):
    """A home with a version and its checkpoint."""
    home = laid_out(tmp_path / "home")
    label(home, annotation("a"))
    commit_version(home, "v0001", tmp_path)
    decide(home, "v0001", "promote", None)
    return home


@pytest.mark.parametrize("left", [None, "an empty folder"])
def test_a_store_that_is_gone_is_not_made_anew_in_a_home_that_had_one(home, left):
    store = home.root / "store.git"
    store.rename(home.root / "elsewhere.git")
    if left:
        store.mkdir()
    with pytest.raises(StoreError, match=r"store\.git is gone"):
        Home.open(home.root).store.tags()
    assert not (store / "HEAD").exists()


def test_a_new_home_has_a_store_before_anything_is_in_it(tmp_path):
    home = laid_out(tmp_path / "new")
    assert (home.root / "store.git" / "HEAD").is_file()
    assert Home.open(home.root).store.tags() == {}


def test_a_checkpoint_that_was_torn_on_this_disk_is_fetched_again(home):
    weights = checkpoints.fetch(home, "v0001")
    weights.write_bytes(WEIGHTS[:5])
    assert checkpoints.fetch(home, "v0001").read_bytes() == WEIGHTS
