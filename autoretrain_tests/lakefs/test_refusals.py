"""What a lakeFS server that refuses, fails or is away becomes: one error that says the way out and no secret."""

import hashlib

import pytest

from autoretrain_assets.config.store import Lakefs
from autoretrain_assets.errors import Conflict, NotFound, StoreError
from autoretrain_assets.store.base import Examined
from autoretrain_assets.store.lakefs import examining, transfer
from autoretrain_assets.store.lakefs.client import Client
from autoretrain_assets.store.lakefs.credentials import Credentials
from autoretrain_assets.store.lakefs.failures import Unsure
from autoretrain_assets.store.lakefs.wire import Object
from autoretrain_tests.lakefs.answering import answering

KEYS = Credentials("the-key", "the-very-secret")


def client(url: str, **more) -> Client:
    return Client(Lakefs(url=url, **{"retries": 0, "timeout_s": 2, **more}), KEYS)


@pytest.mark.parametrize(
    ("status", "kind", "way_out"),
    [
        (401, StoreError, "LAKEFS_SECRET_ACCESS_KEY"),
        (403, StoreError, "have the right"),
        (409, Conflict, "moved"),
        (412, Conflict, "moved"),
        (429, StoreError, "upload_threads"),
        (500, Unsure, "log"),
        (400, StoreError, "moved"),
    ],
)
def test_each_refusal_says_what_happened_and_the_way_out(status: int, kind: type[StoreError], way_out: str):
    with answering((status, {"message": "it moved, the-very-secret"})) as server:
        with pytest.raises(StoreError, match=way_out) as refused:
            client(server.url).make_branch("a", "b")
        assert type(refused.value) is kind
        assert server.url in str(refused.value)
        assert "the-very-secret" not in str(refused.value)


def test_what_was_sent_to_sign_in_is_not_told_either():
    with answering((400, {"message": f"bad header: Basic {KEYS.basic}"})) as server:
        for ask in (
            lambda: client(server.url).branch("a"),
            lambda: client(server.url).upload("b", "a", b"", 0, "hash"),
        ):
            with pytest.raises(StoreError, match=r"bad header: Basic \*\*\*"):
                ask()


def test_what_is_not_there_is_told_from_what_failed():
    with answering((404, {"message": "no such branch"})) as server:
        assert client(server.url).branch("a") is None
        with pytest.raises(NotFound, match="no such branch"):
            client(server.url).make_branch("a", "b")


def test_uncommitted_changes_are_explained():
    dirty = (400, {"message": "merge: uncommitted changes (dirty branch)"})
    with answering(dirty) as server, pytest.raises(StoreError, match="reset the branch"):
        client(server.url).merge("a", "main", "m", {})


@pytest.mark.parametrize("status", [302, 400, 404, 499])
def test_an_upload_is_done_only_where_the_server_says_so(status: int):
    with answering((status, {"message": "not here"})) as server, pytest.raises(StoreError, match="not here"):
        client(server.url).upload("b", "a", b"content", 7, "hash")


def test_a_removal_that_failed_for_one_file_is_an_error():
    told = (200, {"errors": [{"status_code": 403, "message": "not yours", "path": "x/a"}]})
    with answering(told) as server, pytest.raises(StoreError, match=r"x/a.*not yours"):
        client(server.url).remove("a", ["x/a", "x/b"])


def test_a_server_that_is_away_is_named():
    with answering((200, {})) as server:
        pass
    with pytest.raises(StoreError, match=r"did not answer.*store\.lakefs\.url") as away:
        client(server.url).branch("a")
    assert server.url in str(away.value)


def test_an_answer_that_is_none_is_an_error():
    with answering((200, {"surprise": 1})) as server, pytest.raises(StoreError, match="did not answer"):
        client(server.url).branch("a")


def test_questions_and_uploads_are_asked_again():
    ok = (200, {"id": "a", "commit_id": "c"})
    with answering((503, {}), (429, {}), ok) as server:
        assert client(server.url, retries=3).branch("a") == "c"
        assert len(server.asked) == 3
    with answering((500, {}), ok) as server:
        client(server.url, retries=3).upload("b", "x/ü", b"content", 7, "hash")
        assert len(server.asked) == 2


def test_a_merge_is_not_asked_again_after_a_fault_but_is_when_the_server_was_busy():
    with answering((500, {}), (200, {})) as server:
        with pytest.raises(StoreError, match="500"):
            client(server.url, retries=3).merge("a", "main", "m", {})
        assert len(server.asked) == 1
    with answering((429, {}), (200, {})) as server:
        client(server.url, retries=3).merge("a", "main", "m", {})
        assert len(server.asked) == 2


def test_without_credentials_in_the_environment_the_error_names_them():
    with pytest.raises(StoreError, match="LAKEFS_ACCESS_KEY_ID"):
        Credentials.of({"LAKEFS_ACCESS_KEY_ID": "k"})
    assert "the-very-secret" not in repr(KEYS)


def test_a_file_that_is_cut_off_is_asked_for_again_and_given_up_in_the_end(tmp_path):
    cut, whole = (200, (b"cont", 7)), (200, (b"content", 7))
    stored = Object("x/a", 7, {"sha256": hashlib.sha256(b"content").hexdigest()})
    with answering(cut, cut, whole) as server:
        assert transfer.read(client(server.url, retries=2), "main", {"x/a": stored}) == {"x/a": b"content"}
    with answering(cut, whole) as server:
        transfer.download(client(server.url, retries=1), "main", {"x/a": stored}, tmp_path)
        assert (tmp_path / "x/a").read_bytes() == b"content"
    with answering(cut) as server, pytest.raises(StoreError, match=r"did not answer.*IncompleteRead"):
        transfer.download(client(server.url, retries=1), "main", {"x/b": Object("x/b", 7)}, tmp_path)
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["a"]


def test_only_what_the_server_says_of_a_file_is_damage_of_it():
    stored = Object("x/a", 7, {"sha256": hashlib.sha256(b"content").hexdigest()}, "s3://bucket/x")
    whole, cut, other = (200, (b"content", 7)), (200, (b"cont", 7)), (200, (b"CONTENT", 7))
    gone = (410, {"message": "No data"})

    def examined(*answers, **more):
        with answering(*answers) as server:
            [found] = examining.examine(client(server.url, **more), "main", {"x/a": stored})
        return found

    assert examined(cut, whole, retries=1) == Examined("x/a", 7, hashlib.sha256(b"content").hexdigest())
    assert examined(cut, retries=1).damage == "it ends before its 7 bytes do (s3://bucket/x)"
    assert "stored were 7 of" in examined(other).damage
    assert "lost it (s3://bucket/x)" in examined(gone).damage
    for status in (401, 404, 429, 500):
        with pytest.raises(StoreError, match=str(status)):
            examined((status, {"message": "not now"}))
