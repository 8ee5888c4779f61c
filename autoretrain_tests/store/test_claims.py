"""One home writes a store: the first that does, or the one that took it over."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from autoretrain_assets.errors import Conflict, StoreError
from autoretrain_assets.store import claims
from autoretrain_assets.store.git import GitStore


@pytest.fixture
def store(tmp_path):
    return GitStore(tmp_path / "store.git")


def test_the_first_home_that_writes_has_the_store_and_another_is_refused_with_the_way_out(store, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    claims.verify(store, first)
    claims.verify(store, first)
    assert len(store.log(claims.BRANCH)) == 1
    with pytest.raises(StoreError, match=r"first \(since .*store recover"):
        claims.verify(store, second)
    assert not (second / claims.FILE).exists()


def test_a_home_that_was_moved_keeps_its_store(store, tmp_path):
    claims.verify(store, tmp_path / "first")
    (tmp_path / "first").rename(tmp_path / "moved")
    claims.verify(store, tmp_path / "moved")


def test_who_takes_it_over_has_it_and_the_first_is_refused(store, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    claims.verify(store, first)
    claims.take(store, second, claims.claim(store))
    claims.verify(store, second)
    with pytest.raises(StoreError, match="second"):
        claims.verify(store, first)
    assert [commit.metadata["where"].rpartition("/")[2] for commit in store.log(claims.BRANCH)] == ["second", "first"]


def test_of_two_that_take_it_over_one_has_a_conflict(store, tmp_path):
    claims.verify(store, tmp_path / "first")
    seen = claims.claim(store)
    claims.take(store, tmp_path / "second", seen)
    with pytest.raises(Conflict):
        claims.take(store, tmp_path / "third", seen)


def test_processes_of_one_home_that_write_first_at_once_are_one_home(store, tmp_path):
    store.tags()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: claims.verify(store, tmp_path / "first"), range(8)))
    assert claims.is_own(claims.claim(store), tmp_path / "first")


def test_of_homes_that_write_first_at_once_one_has_the_store(store, tmp_path):
    store.tags()

    def tried(name: int) -> bool:
        try:
            claims.verify(store, tmp_path / str(name))
        except StoreError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tried, range(8))) == 1


def test_who_is_killed_before_the_store_knows_it_is_no_stranger(store, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(GitStore, "commit", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            claims.verify(store, tmp_path / "first")
    known = json.loads((tmp_path / "first" / claims.FILE).read_text())
    claims.verify(store, tmp_path / "first")
    assert claims.claim(store).id == known["id"]


@pytest.mark.parametrize("content", ["", "[]", "{}"])
def test_a_name_that_cannot_be_read_is_told(store, tmp_path, content):
    claims.verify(store, tmp_path)
    (tmp_path / claims.FILE).write_text(content)
    with pytest.raises(StoreError, match=r"home\.json .* cannot be read"):
        claims.verify(store, tmp_path)


def test_a_branch_of_that_name_by_others_is_told(store, tmp_path):
    store.commit(claims.BRANCH, {"a": b"1"}, message="m")
    with pytest.raises(StoreError, match="made by others"):
        claims.verify(store, tmp_path)
