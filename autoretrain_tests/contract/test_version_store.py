"""Every promise of the protocol VersionStore, for every backend."""

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from autoretrain_assets.errors import Conflict, NotFound, StoreError
from autoretrain_assets.store.base import Change, VersionStore
from autoretrain_tests.contract.writing import put


def test_an_empty_store_has_nothing(store: VersionStore):
    assert store.resolve("main") is None
    assert store.resolve("a" * 40) is None
    assert store.log("main") == []
    assert store.tags() == {}
    for ask in (store.list, lambda ref: store.read(ref, "a"), lambda ref: store.diff(ref, ref)):
        with pytest.raises(NotFound, match="main"):
            ask("main")


def test_a_commit_reads_back(store: VersionStore, tmp_path: Path):
    (tmp_path / "b").write_bytes(bytes(range(256)))
    commit = store.commit(
        "main", {"a": b"", "x/b": tmp_path / "b"}, message="two files\n\nwith a body", metadata={"k": "v"}
    )
    assert store.resolve("main") == store.resolve(commit.id) == commit.id
    assert store.list("main") == ["a", "x/b"]
    assert store.read("main", "a") == b""
    assert store.read(commit.id, "x/b") == bytes(range(256))
    assert store.read_all("main", ["x/b", "a"]) == {"a": b"", "x/b": bytes(range(256))}
    with pytest.raises(NotFound, match="'c'"):
        store.read_all("main", ["a", "c"])
    assert store.log("main") == [commit]
    assert (commit.message, commit.metadata) == ("two files\n\nwith a body", {"k": "v"})
    assert abs(commit.created_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_commit_is_its_parent_less_delete_with_put(store: VersionStore):
    first = put(store, {"keep": b"1", "drop/a": b"2", "drop/b": b"2", "change": b"3", "both": b"4"})
    second = put(store, {"change": b"33", "new": b"5", "both": b"44"}, first, delete=["drop/a", "both", "never/there"])
    assert store.list("main") == ["both", "change", "drop/b", "keep", "new"]
    assert store.read("main", "change") == b"33"
    assert store.read("main", "both") == b"44"
    assert store.read(first.id, "change") == b"3"
    assert store.diff(first.id, second.id) == [
        Change("both", "changed"),
        Change("change", "changed"),
        Change("drop/a", "removed"),
        Change("new", "added"),
    ]
    assert store.diff("main", second.id) == []


def test_deleting_a_folder_by_name_deletes_no_file(store: VersionStore):
    first = put(store, {"images/a": b"1"})
    put(store, {}, first, delete=["images"])
    assert store.list("main") == ["images/a"]


def test_a_commit_without_a_change_is_a_commit(store: VersionStore):
    first = put(store, {"a": b"1"})
    second = put(store, {"a": b"1"}, first)
    assert [commit.id for commit in store.log("main")] == [second.id, first.id]
    assert store.list(second.id) == ["a"]


def test_the_log_is_newest_first_and_can_be_cut(store: VersionStore):
    last = None
    for number in range(4):
        last = store.commit("main", {"n": b"%d" % number}, message=f"{number}", parent=last.id if last else None)
    assert [commit.message for commit in store.log("main")] == ["3", "2", "1", "0"]
    assert [commit.message for commit in store.log("main", 2)] == ["3", "2"]
    assert store.log("main", 0) == []
    assert len(store.log(store.log("main")[1].id)) == 3


def test_list_takes_a_prefix_of_text(store: VersionStore):
    put(store, {"labels/a": b"", "labels2/b": b"", "images/c": b""})
    assert store.list("main", "labels") == ["labels/a", "labels2/b"]
    assert store.list("main", "labels/") == ["labels/a"]
    assert store.list("main", "none") == []


def test_branches_are_apart_and_may_start_at_nothing(store: VersionStore):
    put(store, {"a": b"1"})
    store.commit("other", {"b": b"2"}, message="m")
    assert (store.list("main"), store.list("other")) == (["a"], ["b"])


def test_every_branch_is_named_with_its_last_commit(store: VersionStore):
    assert store.branches() == {}
    last = put(store, {"a": b"2"}, put(store, {"a": b"1"}))
    other = store.commit("other", {"b": b"2"}, message="m")
    store.tag("v0001", last.id)
    assert store.branches() == {"main": last.id, "other": other.id}


def test_a_commit_that_is_brought_from_elsewhere_keeps_its_time_to_the_second(store: VersionStore):
    made = datetime(2021, 3, 4, 5, 6, 7, 890, tzinfo=timezone(timedelta(hours=2)))
    commit = put(store, {"a": b"1"}, created_at=made, metadata={"k": "v"})
    assert commit.created_at == datetime(2021, 3, 4, 3, 6, 7, tzinfo=UTC)
    assert commit.metadata == {"k": "v"}
    assert store.log("main") == [commit]
    later = put(store, {"a": b"2"}, commit)
    assert later.created_at > commit.created_at
    with pytest.raises(StoreError, match="time zone"):
        put(store, {"a": b"3"}, later, created_at=made.replace(tzinfo=None))
    assert store.resolve("main") == later.id


def test_a_stale_parent_is_a_conflict_that_changes_nothing(store: VersionStore):
    first = put(store, {"a": b"1"})
    second = put(store, {"a": b"2"}, first)
    for stale in (None, first):
        with pytest.raises(Conflict, match="main"):
            put(store, {"a": b"3"}, stale)
    assert store.resolve("main") == second.id
    put(store, {"a": b"3"}, second)


def test_a_parent_for_a_branch_that_is_not_there_is_a_conflict(store: VersionStore):
    first = put(store, {"a": b"1"})
    with pytest.raises(Conflict):
        store.commit("other", {"a": b"1"}, message="m", parent=first.id)
    assert store.resolve("other") is None


def test_tags_never_move(store: VersionStore):
    first = put(store, {"a": b"1"})
    second = put(store, {"a": b"2"}, first)
    store.tag("v0001", first.id)
    store.tag("v0001", first.id)
    store.tag("models/v0002", "main")
    with pytest.raises(Conflict, match="v0001"):
        store.tag("v0001", second.id)
    with pytest.raises(NotFound, match="nothing"):
        store.tag("v0003", "nothing")
    assert store.tags() == {"v0001": first.id, "models/v0002": second.id}
    assert store.read("v0001", "a") == b"1"
    assert store.resolve("v0001") == first.id


def test_a_file_that_cannot_be_read_commits_nothing(store: VersionStore, tmp_path: Path):
    with pytest.raises(StoreError, match="gone"):
        put(store, {"a": b"1" * 3_000_000, "b": tmp_path / "gone"})
    with pytest.raises(StoreError, match=r"committed"):
        put(store, {"a": b"1", "b": tmp_path})
    assert store.resolve("main") is None
    put(store, {"a": b"1"})


def test_download_leaves_what_is_there_and_misses_nothing_silently(store: VersionStore, tmp_path: Path):
    put(store, {"x/a": b"1", "x/b": b"2", "c": b"3"})
    out = tmp_path / "out"
    with pytest.raises(NotFound, match="x/z"):
        store.download("main", ["x/a", "x/z"], out)
    with pytest.raises(NotFound, match="'x'"):
        store.download("main", ["x"], out)
    assert not out.exists()
    (out / "x").mkdir(parents=True)
    (out / "x/a").write_bytes(b"mine")
    store.download("main", ["x/a", "x/b"], out)
    assert {path.name: path.read_bytes() for path in (out / "x").iterdir()} == {"a": b"mine", "b": b"2"}
    assert not (out / "c").exists()


def test_large_files_survive(store: VersionStore, tmp_path: Path):
    (tmp_path / "weights.pt").write_bytes(os.urandom(20_000_003))
    put(store, {"weights.pt": tmp_path / "weights.pt", "copy": tmp_path / "weights.pt"})
    store.download("main", ["weights.pt", "copy"], tmp_path / "out")
    assert (tmp_path / "out/copy").read_bytes() == (tmp_path / "weights.pt").read_bytes()
