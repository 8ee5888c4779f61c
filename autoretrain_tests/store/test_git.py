"""What is git's own about the embedded store; what every store promises is in contract/test_version_store.py."""

import hashlib
import os
import subprocess
import threading
import time
import zlib
from pathlib import Path

import pytest

from autoretrain_assets.errors import IntegrityError, StoreError
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.contract.damaging import object_file


def git(repository: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", f"--git-dir={repository}", *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def store(tmp_path: Path) -> GitStore:
    return GitStore(tmp_path / "home" / "store.git")


def test_the_repository_is_one_that_git_can_read(store: GitStore):
    store.commit("main", {"a b": b"1"}, message="why\n\nbody", metadata={"version": "v0001"})
    git(store.path, "fsck", "--strict")
    assert git(store.path, "log", "-1", "--format=%s|%an") == "why|autoretrain"
    assert git(store.path, "show", "main:a b") == "1"
    assert '"version": "v0001"' in git(store.path, "log", "-1")
    git(store.path, "gc", "--quiet", "--prune=now")
    assert store.read("main", "a b") == b"1"


def test_commits_by_hand_and_annotated_tags_are_read_too(store: GitStore):
    first = store.commit("main", {"a": b"1"}, message="m")
    tree = git(store.path, "rev-parse", "main^{tree}")
    who = ["-c", "user.name=me", "-c", "user.email=me@localhost"]
    by_hand = git(store.path, *who, "commit-tree", "-m", "by hand", tree)
    git(store.path, *who, "tag", "-a", "-m", "note", "v1", first.id)
    read = store.log(by_hand)[0]
    assert (read.message, read.metadata) == ("by hand", {})
    for last in ("no JSON", "[]", '{"a": 1}'):
        text = f"by hand\n\nautoretrain-metadata: {last}"
        read = store.log(git(store.path, *who, "commit-tree", "-m", text, tree))[0]
        assert (read.message, read.metadata) == (text, {})
    assert store.resolve("v1") == store.tags()["v1"] == first.id


def test_nothing_is_left_of_builds_that_landed_lost_or_failed(store: GitStore, tmp_path: Path):
    first = store.commit("main", {"a": b"1"}, message="m")
    store.commit("main", {"a": b"2"}, message="m", parent=first.id)
    with pytest.raises(StoreError):
        store.commit("main", {"a": b"3"}, message="m", parent=first.id)
    with pytest.raises(StoreError):
        store.commit("other", {"a": tmp_path / "gone"}, message="m")
    assert git(store.path, "for-each-ref", "refs/builds") == ""


def test_the_build_of_a_dead_writer_does_no_harm(store: GitStore):
    first = store.commit("main", {"a": b"1"}, message="m")
    git(store.path, "update-ref", "refs/builds/dead", first.id)
    second = store.commit("main", {"a": b"2"}, message="m", parent=first.id)
    assert store.tags() == {}
    assert store.resolve("dead") is None
    assert store.resolve("main") == second.id


@pytest.mark.slow
def test_the_lock_of_a_killed_git_is_broken_when_it_is_old(store: GitStore):
    first = store.commit("main", {"a": b"1"}, message="m")
    lock = store.path / "refs/heads/main.lock"
    lock.touch()
    with pytest.raises(StoreError, match=r"main\.lock"):
        store.commit("main", {"a": b"2"}, message="m", parent=first.id)
    os.utime(lock, (time.time() - 100,) * 2)
    second = store.commit("main", {"a": b"2"}, message="m", parent=first.id)
    assert store.resolve("main") == second.id
    assert not lock.exists()


def test_nobody_elses_git_settings_reach_it(store: GitStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = tmp_path / "gitconfig"
    settings.write_text("[core]\n\tautocrlf = true\n\tbroken line\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "objects"))
    monkeypatch.setenv("GIT_AUTHOR_DATE", "never")
    store.commit("main", {"a": b"1\r\n"}, message="m")
    assert store.read("main", "a") == b"1\r\n"
    assert not (tmp_path / "objects").exists()


def test_first_users_make_one_repository_together(store: GitStore):
    threads = [threading.Thread(target=store.commit, args=(f"b{n}", {}), kwargs={"message": "m"}) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(store.resolve(f"b{n}") for n in range(5))
    assert [path.name for path in store.path.parent.iterdir()] == ["store.git"]


@pytest.mark.parametrize("relative", ["file", "file/below", "full"])
def test_a_place_that_is_taken_is_refused(tmp_path: Path, relative: str):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StoreError, match=relative):
        GitStore(tmp_path / relative).resolve("main")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_damaged_repository_is_told_in_gits_words(store: GitStore):
    store.commit("main", {"a": b"1"}, message="m")
    (store.path / "HEAD").write_text("rubbish")
    with pytest.raises(StoreError, match=r"not a git repository.*backup"):
        store.read("main", "a")


@pytest.mark.parametrize("damage", ["", "\n", "xyz\n"])
def test_a_branch_or_a_tag_whose_file_is_damaged_is_not_taken_for_one_that_never_was(store: GitStore, damage: str):
    head = store.commit("production", {"a": b"1"}, message="m")
    store.tag("v0001", head.id)
    for name, ask in (("heads/production", store.branches), ("tags/v0001", store.tags)):
        (store.path / "refs" / name).write_text(damage)
        with pytest.raises(IntegrityError, match=f"refs/{name} is damaged.*backup"):
            ask()
    with pytest.raises(IntegrityError, match="refs/heads/production"):
        store.resolve("production")
    with pytest.raises(IntegrityError, match="refs/heads/production"):
        store.commit("production", {"a": b"2"}, message="m")


def test_without_git_the_message_says_so(store: GitStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(StoreError, match="install"):
        store.resolve("main")


def test_a_lost_object_is_told_and_never_read_as_empty(store: GitStore, tmp_path: Path):
    store.commit("main", {"a": b"1"}, message="m")
    blob = git(store.path, "rev-parse", "main:a")
    object_file(store.path, blob).unlink()
    with pytest.raises(IntegrityError, match=blob):
        store.read("main", "a")
    with pytest.raises(IntegrityError, match=blob):
        store.download("main", ["a"], tmp_path / "out")
    assert not (tmp_path / "out/a").exists()


def test_a_damaged_object_of_a_pack_is_found_among_hundreds(store: GitStore):
    store.commit("main", {f"{number:03}": b"%d " % number * 500 for number in range(600)}, message="m")
    git(store.path, "repack", "-adq")
    [pack] = (store.path / "objects/pack").glob("*.pack")
    content = bytearray(pack.read_bytes())
    for number in (300, 301, 599):
        content[content.index(b"%d " % number * 400) + 700] ^= 1
    pack.chmod(0o644)
    pack.write_bytes(content)
    found = list(store.examine("main", store.list("main")))
    assert [each.path for each in found if each.damage] == ["300", "301", "599"]
    assert len(found) == 600


def forge(store: GitStore, name: str, before: bytes, after: bytes) -> None:
    """Write an object anew, as one who knows git would, with other content below the same name."""
    identifier = git(store.path, "rev-parse", name)
    file = object_file(store.path, identifier)
    content = zlib.decompress(file.read_bytes())
    assert before in content
    file.chmod(0o644)
    file.write_bytes(zlib.compress(content.replace(before, after)))


def test_a_file_that_was_forged_is_found(store: GitStore):
    store.commit("main", {"a": b"true!", "x/b": b"1"}, message="m")
    forge(store, "main:a", b"true!", b"false")
    [forged, whole] = store.examine("main", ["a", "x/b"])
    assert (forged.sha256, whole.damage) == (hashlib.sha256(b"false").hexdigest(), "")
    assert "other bytes" in forged.damage


@pytest.mark.parametrize("name", ["main^{tree}", "main:x", "main", "main~1"])
def test_a_list_of_files_or_a_history_that_was_forged_is_found(store: GitStore, name: str):
    first = store.commit("main", {"a": b"1", "x/a": b"1"}, message="a")
    store.commit("main", {"c": b"1"}, message="a", parent=first.id)
    assert set(store.objects("main")) == {"a", "c", "x/a"}
    ending = (b"\n\na", b"\n\nb") if name.startswith("main") and name[4:] in {"", "~1"} else (b" a\0", b" b\0")
    forge(store, name, *ending)
    with pytest.raises(IntegrityError, match=r"other bytes|not a tree"):
        store.objects("main")


def test_a_list_of_files_that_is_gone_is_found(store: GitStore):
    store.commit("main", {"x/a": b"1"}, message="m")
    identifier = git(store.path, "rev-parse", "main:x")
    object_file(store.path, identifier).unlink()
    with pytest.raises(IntegrityError, match=identifier):
        store.objects("main")
