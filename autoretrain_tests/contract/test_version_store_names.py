"""Names, paths and texts of every kind, for every version store."""

import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoretrain_assets.errors import Conflict, StoreError
from autoretrain_assets.store.base import VersionStore
from autoretrain_tests.contract.writing import put

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
    "%2e%2e/%2fx",
    "a+b&path=c#d;e=f",
    "x\u202egpj.exe",
    "📷\u200d🚦",
    "CON",
]

few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
letters = st.characters(exclude_characters="/\0", exclude_categories=["Cs"])
parts = st.text(letters, min_size=1, max_size=12).filter(lambda part: part.lower() not in {".", "..", ".git"})
paths = st.lists(parts, min_size=1, max_size=3).map("/".join)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


def no_clash(names: list[str]) -> bool:
    return not any(other.startswith(f"{name}/") for name in names for other in names)


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


def test_download_does_not_follow_a_link_out_of_its_folder(store: VersionStore, tmp_path: Path):
    put(store, {"x/a": b"1"})
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/x").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="out of"):
        store.download("main", ["x/a"], tmp_path / "out")
    assert list((tmp_path / "elsewhere").iterdir()) == []
