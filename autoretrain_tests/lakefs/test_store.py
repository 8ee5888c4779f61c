"""What the store does in lakeFS beyond the protocol: what others see there, and what others did there."""

import os
from pathlib import Path

import pytest

from autoretrain_assets.errors import IntegrityError, StoreError
from autoretrain_assets.store.base import Change
from autoretrain_assets.store.lakefs import LakefsStore
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_assets.store.lakefs.naming import BUILDS, MARK, build_name
from autoretrain_tests.contract.writing import put

pytestmark = pytest.mark.slow


@pytest.fixture
def client(lakefs_store: LakefsStore) -> Client:
    """Whoever else works in the same repository."""
    lakefs_store.tags()
    return Client(lakefs_store.settings, Credentials.of())


def builds(client: Client) -> list[str]:
    return [branch.id for branch in client.branches(BUILDS)]


def test_lakefs_shows_the_message_and_the_metadata_of_one_commit(lakefs_store, client):
    first = put(lakefs_store, {"a": b"1"}, metadata={"version": "v0001"})
    newest, *before = client.log(first.id)
    assert (newest.message, newest.metadata["version"]) == ("m", "v0001")
    assert len(before) == 1, "one commit for all of it, on the one that the repository began with"
    assert builds(client) == []


def test_a_branch_that_somebody_uploaded_to_is_left_as_it_is(lakefs_store, client):
    first = put(lakefs_store, {"a": b"1"})
    client.upload("main", "theirs", b"2", 1, "hash")
    with pytest.raises(StoreError, match="reset the branch"):
        put(lakefs_store, {"a": b"3"}, first)
    assert lakefs_store.log("main") == [first]
    assert "theirs" in [found.path for found in client.objects("main")]
    assert builds(client) == []


def test_the_next_commit_clears_what_a_killed_writer_left_and_spares_who_is_at_work(lakefs_store, client):
    first = put(lakefs_store, {"a": b"1"})
    for branch, parent in (("main", None), ("main", first.id), ("main-2", first.id)):
        client.make_branch(build_name(branch, parent), first.id)
    second = put(lakefs_store, {"a": b"2"}, first)
    alive = build_name("main", second.id)
    client.make_branch(alive, second.id)
    assert [name.removeprefix(BUILDS).rsplit("-", 2)[0] for name in builds(client)].count("main") == 1
    third = put(lakefs_store, {"b": b"2"}, second)
    assert lakefs_store.list(third.id) == ["a", "b"]
    assert [name.removeprefix(BUILDS).rsplit("-", 2)[0] for name in builds(client)] == ["main-2"]


def test_branches_of_others_that_are_called_almost_like_a_build_are_left(lakefs_store, client):
    first = put(lakefs_store, {"a": b"1"})
    theirs = [f"{BUILDS}main-of-theirs", f"{BUILDS}main-theirs"]
    for branch in theirs:
        client.make_branch(branch, first.id)
    second = put(lakefs_store, {"a": b"2"}, first)
    assert lakefs_store.log("main") == [second, first]
    assert builds(client) == theirs


def test_what_the_parent_holds_is_not_sent_again(lakefs_store, monkeypatch, tmp_path: Path):
    (tmp_path / "large").write_bytes(os.urandom(3_000_000))
    files = {"images/a": b"1", "images/b": b"2", "large": tmp_path / "large"}
    first = put(lakefs_store, files)
    sent: list[str] = []
    upload = Client.upload

    def noting(self, branch, path, *rest):
        sent.append(path)
        upload(self, branch, path, *rest)

    monkeypatch.setattr(Client, "upload", noting)
    second = put(lakefs_store, files | {"images/c": b"3"}, first)
    assert sorted(sent) == sorted([MARK, "images/c"])
    assert lakefs_store.diff(first.id, second.id) == [Change("images/c", "added")]


def test_bytes_that_are_not_what_was_stored_are_not_handed_out(lakefs_store, client, tmp_path: Path):
    first = put(lakefs_store, {"a": b"1"})
    client.make_branch("other", first.id)
    client.upload("other", "a", b"not what its hash says", 22, "0" * 64)
    client.commit_all("other", "by hand")
    with pytest.raises(IntegrityError, match="'a'"):
        lakefs_store.read("other", "a")
    with pytest.raises(IntegrityError, match="'a'"):
        lakefs_store.download("other", ["a"], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_path_of_others_that_leads_out_is_never_written(lakefs_store, client, tmp_path: Path):
    put(lakefs_store, {"a": b"1"})
    client.make_branch("other", "main")
    client.upload("other", "../x", b"2", 1, "hash")
    client.commit_all("other", "by hand")
    with pytest.raises(StoreError, match="cannot be stored"):
        lakefs_store.download("other", lakefs_store.list("other"), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_the_mark_of_every_commit_is_nobodys_file(lakefs_store):
    put(lakefs_store, {"a": b"1"})
    assert lakefs_store.list("main") == ["a"]
    for ask in (lambda: lakefs_store.read("main", MARK), lambda: put(lakefs_store, {f"{MARK}/x": b""})):
        with pytest.raises(StoreError):
            ask()


def test_a_repository_that_is_gone_is_not_made_anew(lakefs_store):
    with pytest.raises(StoreError, match="is gone"):
        LakefsStore(lakefs_store.settings, may_make=False).tags()
    without = lakefs_store.settings.model_copy(update={"storage_namespace": None})
    with pytest.raises(StoreError, match="storage_namespace"):
        LakefsStore(without).tags()


def test_wrong_credentials_are_told_without_the_secret(lakefs_store, monkeypatch):
    monkeypatch.setenv("LAKEFS_SECRET_ACCESS_KEY", "wrong-and-secret")
    with pytest.raises(StoreError, match="does not know the credentials") as refused:
        lakefs_store.tags()
    assert "wrong-and-secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["never", "2026-03-04T05:06:07"])
def test_a_commit_of_others_that_says_no_moment_where_ours_do_is_named(lakefs_store, client, text):
    put(lakefs_store, {"a": b"1"})
    client.make_branch("theirs", lakefs_store.resolve("main"))
    client.upload_bytes("theirs", "b", b"2")
    client.merge(client.commit_all("theirs", "m"), "main", "m", {".autoretrain.created_at": text})
    with pytest.raises(StoreError, match=rf"{client.branch('main')}.*{text}.*Move its branch back"):
        lakefs_store.log("main")
