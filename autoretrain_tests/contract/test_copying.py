"""A history goes from any version store to any other, and comes back."""

from pathlib import Path

import pytest

from autoretrain_assets.errors import Conflict, IntegrityError
from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.store.copying import Brought, Copying
from autoretrain_assets.store.git import GitStore
from autoretrain_assets.store.history import ORIGINAL
from autoretrain_tests.contract import damaging
from autoretrain_tests.store.histories import BRANCHES, go_on, told, write


@pytest.fixture
def original(tmp_path: Path) -> GitStore:
    """The store that the history was written in."""
    store = GitStore(tmp_path / "original.git")
    write(store)
    return store


@pytest.fixture
def copying(original: GitStore, store: VersionStore, tmp_path: Path) -> Copying:
    """From that to a store of each kind."""
    return Copying(original, store, tmp_path / "staging")


def back(copying: Copying) -> Copying:
    return Copying(copying.target, copying.source, copying.staging.with_name("back"))


def run(copying: Copying) -> list[Brought]:
    return list(copying.run(BRANCHES))


def test_a_copy_has_every_commit_with_its_texts_its_time_its_files_and_its_tags_and_names_its_original(
    copying: Copying,
):
    brought = run(copying)
    assert told(copying.target) == told(copying.source)
    assert [each.number for each in brought if each.branch == "main"] == [1, 2, 3, 4]
    assert {each.of for each in brought if each.branch == "main"} == {4}
    assert copying.target.branches().keys() == set(BRANCHES)
    assert copying.left_behind(BRANCHES) == ["of-theirs", "theirs"]
    for branch in BRANCHES:
        originals = [commit.id for commit in copying.source.log(branch)]
        assert [commit.metadata[ORIGINAL] for commit in copying.target.log(branch)] == originals


def test_running_it_again_brings_what_came_since_and_nothing_twice(copying: Copying):
    run(copying)
    assert run(copying) == []
    go_on(copying.source)
    assert run(copying) == [Brought("main", 5, 5)]
    assert told(copying.target) == told(copying.source)


def test_a_history_that_went_on_elsewhere_comes_back_to_where_it_began(copying: Copying):
    run(copying)
    first = copying.source.log("main")
    go_on(copying.target)
    go_on(copying.target, "production")
    run(back(copying))
    assert told(copying.source) == told(copying.target)
    assert copying.source.log("main")[1:] == first
    assert copying.source.log("main")[0].metadata[ORIGINAL] == copying.target.log("main")[0].id
    go_on(copying.source)
    assert Brought("main", 6, 6) in run(copying)
    assert told(copying.target) == told(copying.source)


def test_what_stands_in_the_target_already_is_never_written_over(copying: Copying):
    theirs = copying.target.commit("models", {"a": b"1"}, message="theirs")
    with pytest.raises(Conflict, match="'theirs'"):
        run(copying)
    assert copying.target.branches() == {"models": theirs.id}


def test_the_older_of_two_stores_is_not_brought_over_the_newer(copying: Copying):
    run(copying)
    go_on(copying.target)
    with pytest.raises(Conflict, match="1 commit ahead"):
        run(copying)


def test_what_each_store_went_on_with_by_itself_is_told(copying: Copying):
    run(copying)
    go_on(copying.target)
    go_on(copying.source)
    with pytest.raises(Conflict, match="no copy"):
        run(copying)


def test_where_it_is_not_known_what_was_proven_all_is_proven_again(copying: Copying):
    run(copying)
    (copying.staging / "proven.json").unlink()
    assert len(run(copying)) == 6
    assert len(copying.target.log("main")) == 4


@pytest.mark.parametrize("wrong", [{"a": b"other"}, {"more": b"1"}, {}], ids=["changed", "one too many", "one lacking"])
def test_a_copy_that_is_not_like_its_original_is_an_error(copying: Copying, wrong: dict[str, bytes]):
    [*_, first] = copying.source.log("main")
    right = {path: copying.source.read(first.id, path) for path in copying.source.list(first.id)}
    files = right | wrong if wrong else {"a": right["a"]}
    copying.target.commit(
        "main",
        files,
        message=first.message,
        metadata={**first.metadata, ORIGINAL: first.id},
        created_at=first.created_at,
    )
    for _ in range(2):
        with pytest.raises(IntegrityError, match=first.id):
            run(copying)


def test_an_original_that_is_damaged_is_told_for_what_it_is(copying: Copying):
    [*_, first] = copying.source.log("models")
    run(copying)
    (copying.staging / "proven.json").unlink()
    lost = copying.source.objects(first.id)["v0001/weights.pt"]
    damaging.object_file(copying.source.path, lost).unlink()
    with pytest.raises(IntegrityError, match=r"v0001/weights\.pt.*where it is copied from.*store verify"):
        run(copying)


def test_a_file_that_was_damaged_on_its_way_is_found(copying: Copying):
    [*_, first] = copying.source.log("main")
    staged = copying.staging / first.id / "a"
    staged.parent.mkdir(parents=True)
    staged.write_bytes(b"rotten")  # of a copy that was killed
    for _ in range(2):
        with pytest.raises(IntegrityError, match=first.id):
            run(copying)
