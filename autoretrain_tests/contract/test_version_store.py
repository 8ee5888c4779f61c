"""Every promise of the protocol VersionStore, for every backend."""

import multiprocessing
import os
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoretrain_assets.errors import Conflict, NotFound, StoreError
from autoretrain_assets.store.base import Change, Commit, Content, VersionStore

BAD_PATHS = ["", "/etc/passwd", "../x", "a/../b", ".", "./a", "a//b", "a/", "nul\0", ".git", ".git/config", "a/.GIT/x"]
ODD_PATHS = [
    "a b",
    'quo"te',
    "back\\slash",
    "new\nline",
    "tab\there",
    "ünï/日本",
    '"',
    "-x",
    ":(top)",
    "*?[",
    " lead",
    "~1",
]

few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
letters = st.characters(exclude_characters="/\0", exclude_categories=["Cs"])
parts = st.text(letters, min_size=1, max_size=12).filter(lambda part: part.lower() not in {".", "..", ".git"})
paths = st.lists(parts, min_size=1, max_size=3).map("/".join)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


def put(store: VersionStore, files: dict[str, Content], parent: Commit | None = None, **more) -> Commit:
    return store.commit("main", files, message="m", parent=parent.id if parent else None, **more)


def no_clash(names: list[str]) -> bool:
    return not any(other.startswith(f"{name}/") for name in names for other in names)


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


def test_a_name_is_a_branch_or_a_tag(store: VersionStore):
    first = put(store, {"a": b"1"})
    store.tag("v1", first.id)
    with pytest.raises(Conflict, match="tag"):
        store.commit("v1", {}, message="m")
    with pytest.raises(Conflict, match="branch"):
        store.tag("main", first.id)


@pytest.mark.parametrize(
    "name", ["", "-x", "a b", "a..b", "a.lock", "/a", "a/", "a//b", ".a", "a:b", "a~1", "@{0}", "0" * 40]
)
def test_names_that_are_no_names_are_refused(store: VersionStore, name: str):
    first = put(store, {"a": b"1"})
    with pytest.raises(StoreError, match="cannot name"):
        store.commit(name, {}, message="m")
    with pytest.raises(StoreError, match="cannot name"):
        store.tag(name, first.id)
    assert store.resolve(name) is None


def test_a_ref_is_never_an_expression(store: VersionStore):
    put(store, {"a": b"2"}, put(store, {"a": b"1"}))
    for ref in ("main~1", "main^", "HEAD", "refs/heads/main", ":/m", "main^{tree}", store.log("main")[0].id[:10]):
        assert store.resolve(ref) is None, ref


@pytest.mark.parametrize("path", BAD_PATHS)
def test_paths_that_lead_elsewhere_are_refused(store: VersionStore, tmp_path: Path, path: str):
    first = put(store, {"a": b"1"})
    with pytest.raises(StoreError):
        put(store, {path: b"x"}, first)
    with pytest.raises(StoreError):
        put(store, {}, first, delete=[path])
    with pytest.raises(StoreError):
        store.read("main", path)
    with pytest.raises(StoreError):
        store.download("main", ["a", path], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert store.resolve("main") == first.id


@pytest.mark.parametrize("path", ["\ud800", "x" * 256, "a/" + "ü" * 128])
def test_paths_that_no_file_can_have_are_refused(store: VersionStore, path: str):
    with pytest.raises(StoreError, match="cannot be stored"):
        put(store, {path: b"x"})


def test_a_path_is_a_file_or_a_folder(store: VersionStore):
    with pytest.raises(StoreError, match="'a/b'"):
        put(store, {"a/b": b"", "a/b/c/d": b""})
    first = put(store, {"a/b": b"1", "c": b"2"})
    for clash in ("a", "a/b/c", "c/d"):
        with pytest.raises(StoreError, match="file and a folder"):
            put(store, {clash: b""}, first)
    put(store, {"a": b"3"}, first, delete=["a/b"])
    assert store.list("main") == ["a", "c"]


def test_odd_file_names_survive(store: VersionStore, tmp_path: Path):
    files = {path: path.encode() for path in ODD_PATHS}
    first = put(store, files)
    assert store.list("main") == sorted(ODD_PATHS)
    store.download("main", ODD_PATHS, tmp_path / "out")
    assert all((tmp_path / "out" / path).read_bytes() == content for path, content in files.items())
    second = put(store, {}, first, delete=ODD_PATHS)
    assert store.list("main") == []
    assert {change.path for change in store.diff(first.id, second.id)} == set(ODD_PATHS)


@few
@given(st.dictionaries(paths, st.binary(max_size=64), max_size=5).filter(lambda files: no_clash(list(files))))
def test_any_files_survive(store: VersionStore, files: dict[str, bytes]):
    branch = uuid.uuid4().hex[:16]
    commit = store.commit(branch, files, message="m")
    assert store.list(branch) == sorted(files)
    assert {path: store.read(commit.id, path) for path in files} == files


@few
@given(texts, st.dictionaries(texts, texts, max_size=4))
def test_any_message_and_metadata_survive(store: VersionStore, message: str, metadata: dict[str, str]):
    branch = uuid.uuid4().hex[:16]
    commit = store.commit(branch, {}, message=message, metadata=metadata)
    assert (commit.message, commit.metadata) == (message, metadata)
    assert store.log(branch) == [commit]


def test_a_message_cannot_forge_metadata(store: VersionStore):
    forged = 'x\n\nautoretrain-metadata: {"by": "someone"}\n'
    assert store.commit("main", {}, message=forged).metadata == {}
    assert store.log("main")[0].message == forged


@pytest.mark.parametrize(("message", "metadata"), [("nul\0", {}), ("\ud800", {}), ("m", {"k": 1}), ("m", {"k": None})])
def test_what_is_no_text_is_refused(store: VersionStore, message: str, metadata: dict):
    with pytest.raises(StoreError):
        store.commit("main", {}, message=message, metadata=metadata)
    assert store.resolve("main") is None


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


def test_download_does_not_follow_a_link_out_of_its_folder(store: VersionStore, tmp_path: Path):
    put(store, {"x/a": b"1"})
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/x").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="out of"):
        store.download("main", ["x/a"], tmp_path / "out")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_large_files_survive(store: VersionStore, tmp_path: Path):
    (tmp_path / "weights.pt").write_bytes(os.urandom(20_000_003))
    put(store, {"weights.pt": tmp_path / "weights.pt", "copy": tmp_path / "weights.pt"})
    store.download("main", ["weights.pt", "copy"], tmp_path / "out")
    assert (tmp_path / "out/copy").read_bytes() == (tmp_path / "weights.pt").read_bytes()


def test_thousands_of_files_take_seconds(store: VersionStore, tmp_path: Path):
    files: dict[str, Content] = {f"images/{number:04}": os.urandom(2000) for number in range(2000)}
    started = time.monotonic()
    first = put(store, files)
    put(store, {"one": b"more"}, first)
    store.download("main", files, tmp_path / "out")
    assert time.monotonic() - started < 20
    assert all((tmp_path / "out" / path).read_bytes() == content for path, content in files.items())


def test_of_racing_writers_exactly_one_wins_and_the_others_can_go_on(store: VersionStore):
    parent = put(store, {"start": b""})
    gate = threading.Barrier(4)
    lost: list[int] = []

    def write(number: int) -> None:
        gate.wait()
        try:
            put(store, {f"{number}": b"x" * 100_000}, parent)
        except Conflict:
            lost.append(number)

    together(write, range(4))
    assert len(lost) == 3
    assert len(store.list("main")) == 2
    for number in lost:
        put(store, {f"{number}": b"again"}, store.log("main", 1)[0])
    assert store.list("main") == ["0", "1", "2", "3", "start"]


def test_first_writers_race_for_the_branch(store: VersionStore):
    lost: list[int] = []

    def write(number: int) -> None:
        try:
            put(store, {f"{number}": b"x"})
        except Conflict:
            lost.append(number)

    together(write, range(3))
    assert len(lost) == 2
    assert len(store.log("main")) == 1


def test_writers_of_other_branches_do_not_disturb_each_other(store: VersionStore):
    together(lambda number: store.commit(f"branch{number}", {"a": b"%d" % number}, message="m"), range(6))
    assert [store.read(f"branch{number}", "a") for number in range(6)] == [b"%d" % number for number in range(6)]


def test_racing_taggers_agree_or_conflict(store: VersionStore):
    first = put(store, {"a": b"1"})
    second = put(store, {"a": b"2"}, first)
    outcomes: list[str] = []

    def name(commit: Commit) -> None:
        try:
            store.tag("v1", commit.id)
            outcomes.append(commit.id)
        except Conflict:
            outcomes.append("conflict")

    together(name, [first, first, second, second])
    assert sorted(outcomes) == sorted([store.tags()["v1"]] * 2 + ["conflict"] * 2)


def test_a_writer_killed_in_mid_commit_leaves_the_branch_as_it_was(store: VersionStore, tmp_path: Path):
    first = put(store, {"a": b"1"})
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    files: dict[str, Content] = {"a": b"2", "big": b"x" * 5_000_000, "pipe": pipe}
    writer = multiprocessing.get_context("spawn").Process(target=put, args=(store, files, first))
    writer.start()
    # Opening succeeds at the moment when the writer has come to the pipe, in the middle of its commit.
    with pipe.open("wb"):
        writer.kill()
        writer.join()
    assert writer.exitcode == -9
    assert store.log("main") == [first]
    assert store.read("main", "a") == b"1"
    second = put(store, {"a": b"2"}, first)
    assert [commit.id for commit in store.log("main")] == [second.id, first.id]


def together(work, items) -> None:
    """Run `work` on every item at once, a thread each; an error in one of them fails the test."""
    errors: list[BaseException] = []

    def caught(item) -> None:
        try:
            work(item)
        except BaseException as error:  # noqa: BLE001 - handed to the test below
            errors.append(error)

    threads = [threading.Thread(target=caught, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
