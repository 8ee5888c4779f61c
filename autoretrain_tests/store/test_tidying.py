"""The embedded store is tidied: what no ref leads to goes once it is old, and everything else stays."""

import os
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoretrain_assets.errors import Conflict, IntegrityError, StoreError
from autoretrain_assets.store import tidying
from autoretrain_assets.store.git import GitStore
from autoretrain_assets.store.pack import BLOB, object_id
from autoretrain_assets.store.tidying import leftovers, tidy
from autoretrain_tests.store.leaving import die, grow_old, holds, lose, whole

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    store = GitStore(tmp_path / "store.git")
    first = store.commit("main", {"a": b"1", "x/b": b"2" * 100_000}, message="first")
    store.commit("main", {"a": b"11"}, message="second", parent=first.id)
    store.tag("v0001", first.id)
    store.commit("models", {"w": b"3"}, message="m")
    return store


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - HOUR


def test_what_no_ref_leads_to_goes_and_all_else_stays(store: GitStore):
    before = whole(store)
    lose(store, b"lost" * 1000)
    die(store, b"dead" * 1000)
    (store.path / "objects/pack/tmp_pack_dead").write_bytes(b"x" * 5000)
    grow_old(store)
    found = tidy(store.path, an_hour_ago())
    assert (found.lost, len(found.files)) == (2, 2)
    assert 13_000 < found.size < 13_100
    assert not holds(store, b"lost" * 1000)
    assert not holds(store, b"dead" * 1000)
    assert whole(store) == before
    assert sorted(path.suffix for path in (store.path / "objects/pack").iterdir()) == [".idx", ".pack"]
    assert tidy(store.path, an_hour_ago()).size == 0


def test_what_is_new_stays(store: GitStore):
    grow_old(store)
    lose(store, b"lost")
    die(store, b"dead")
    (store.path / "objects/pack/tmp_pack_at_work").write_bytes(b"x")
    packs = set((store.path / "objects/pack").iterdir())
    found = tidy(store.path, an_hour_ago())
    assert (found.lost, found.size, found.files) == (0, 0, [])
    assert set((store.path / "objects/pack").iterdir()) == packs


def test_what_is_new_stays_while_other_things_go(store: GitStore):
    before = whole(store)
    lose(store, b"old")
    grow_old(store)
    lose(store, b"new")
    die(store, b"at work")
    assert tidy(store.path, an_hour_ago()).lost == 1
    assert [holds(store, each) for each in (b"old", b"new", b"at work")] == [False, True, True]
    assert whole(store) == before


def test_an_object_that_is_lost_in_one_pack_and_needed_from_it_stays(store: GitStore):
    """The overtaken writer's pack may hold the only copy of what a later commit by hand refers to."""
    lose(store, b"the only one")
    known = object_id(BLOB, b"the only one").hex()
    tree = f"100644 blob {known}\tfile\n".encode()
    git = ["git", f"--git-dir={store.path}", "-c", "user.name=me", "-c", "user.email=me@localhost"]
    made = subprocess.run([*git, "mktree"], input=tree, check=True, capture_output=True).stdout.decode().strip()
    commit = subprocess.run([*git, "commit-tree", "-m", "by hand", made], check=True, capture_output=True).stdout
    subprocess.run([*git, "tag", "-a", "-m", "note", "kept", commit.decode().strip()], check=True)
    lose(store, b"lost")
    grow_old(store)
    assert tidy(store.path, an_hour_ago()).lost == 1
    assert store.read("kept", "file") == b"the only one"
    assert tidy(store.path, an_hour_ago()).lost == 0


def test_builds_of_an_older_version_go_when_they_are_old(store: GitStore):
    git = ["git", f"--git-dir={store.path}"]
    [old, new] = [
        store.commit("gone", {"a": b"%d" % number}, message="m", created_at=at).id
        for number, at in enumerate([an_hour_ago() - HOUR, None])
        if subprocess.run([*git, "update-ref", "-d", "refs/heads/gone"], check=True)
    ]
    for name, commit in (("old", old), ("new", new)):
        subprocess.run([*git, "update-ref", f"refs/builds/{name}", commit], check=True)
    subprocess.run([*git, "update-ref", "-d", "refs/heads/gone"], check=True)
    grow_old(store)
    assert tidy(store.path, an_hour_ago()).builds == ["refs/builds/old"]
    assert store.resolve(old) is None
    assert store.resolve(new) == new


def test_many_packs_become_few(store: GitStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tidying, "MANY", 5)
    last = store.resolve("main")
    for number in range(8):
        last = store.commit("main", {f"{number}": b"%d" % number}, message="m", parent=last).id
    before = whole(store)
    assert leftovers(store.path, an_hour_ago()).is_folded
    tidy(store.path, an_hour_ago())
    assert len(list((store.path / "objects/pack").glob("*.pack"))) < 5
    assert whole(store) == before


def test_an_empty_store_has_nothing_to_tidy(tmp_path: Path):
    store = GitStore(tmp_path / "store.git")
    assert store.branches() == {}
    assert tidy(store.path, an_hour_ago()).size == 0


def test_a_damaged_store_is_left_as_it_is(store: GitStore):
    lose(store, b"lost")
    [*_, index] = sorted((store.path / "objects/pack").glob("*.idx"), key=lambda path: path.stat().st_size)
    index.chmod(0o644)
    index.write_bytes(index.read_bytes()[:100])
    grow_old(store)
    names = sorted(store.path.rglob("*"))
    with pytest.raises((IntegrityError, StoreError)):
        leftovers(store.path, an_hour_ago())
    assert sorted(store.path.rglob("*")) == names


def test_writers_and_readers_at_work_lose_nothing(store: GitStore):
    """While it is tidied again and again, one that is overtaken at every second commit goes on as ever."""
    stop, errors, done = threading.Event(), [], []

    def tidying_all_the_time() -> None:
        try:
            while not stop.is_set():
                die(store, os.urandom(100), age=2 * HOUR)
                done.append(tidy(store.path, an_hour_ago()).lost)
        except BaseException as error:  # noqa: BLE001 - handed to the test below
            errors.append(error)

    thread = threading.Thread(target=tidying_all_the_time)
    thread.start()
    written: dict[str, bytes] = {}
    last, overtaken = store.resolve("main"), None
    for number in range(25):
        written[f"{number}"] = os.urandom(2000)
        if overtaken:
            with pytest.raises(Conflict):
                store.commit("main", {"z": os.urandom(9)}, message="late", parent=overtaken)
        overtaken, last = last, store.commit("main", {f"{number}": written[f"{number}"]}, message="m", parent=last).id
        assert store.read(last, f"{number // 2}") == written[f"{number // 2}"]
    stop.set()
    thread.join()
    assert errors == []
    assert len(done) > 2
    assert all(done)
    whole(store)
    assert {path: store.read("main", path) for path in written} == written
