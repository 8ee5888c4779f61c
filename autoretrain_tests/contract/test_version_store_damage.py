"""What is stored can be held against its hashes, for every backend: whatever is damaged is found, and nothing else."""

import hashlib
import os
from pathlib import Path

import pytest

from autoretrain_assets.errors import NotFound
from autoretrain_assets.store.base import Content, Examined, VersionStore
from autoretrain_tests.contract import damaging
from autoretrain_tests.contract.writing import put


def examined(store: VersionStore, ref: str = "main") -> dict[str, Examined]:
    return {each.path: each for each in store.examine(ref, store.list(ref))}


def test_each_file_that_is_whole_has_its_size_and_its_sha256(store: VersionStore, tmp_path: Path):
    (tmp_path / "large").write_bytes(large := os.urandom(17_000_001))
    files: dict[str, Content] = {"a": b"", "x/ü b": b"1", "x/large": tmp_path / "large"}
    put(store, files)
    contents = {"a": b"", "x/ü b": b"1", "x/large": large}
    assert examined(store) == {
        path: Examined(path, len(content), hashlib.sha256(content).hexdigest()) for path, content in contents.items()
    }


def test_hundreds_of_files_are_examined_in_the_order_they_were_asked_for(store: VersionStore):
    files: dict[str, Content] = {f"{number:03}": b"%d" % number for number in range(700)}
    put(store, files)
    wanted = sorted(files, reverse=True)
    assert [each.path for each in store.examine("main", wanted)] == wanted


def test_what_is_not_there_cannot_be_examined(store: VersionStore):
    put(store, {"a": b"1"})
    with pytest.raises(NotFound, match="'b'"):
        list(store.examine("main", ["a", "b"]))
    for ask in (store.objects, lambda ref: store.examine(ref, [])):
        with pytest.raises(NotFound, match="nowhere"):
            ask("nowhere")


def test_an_object_has_one_name_in_every_commit_that_has_it(store: VersionStore):
    first = put(store, {"same": b"1", "changed": b"2", "gone": b"3"})
    second = put(store, {"changed": b"22", "new": b"4"}, first, delete=["gone"])
    before, after = store.objects(first.id), store.objects(second.id)
    assert (set(before), set(after)) == ({"same", "changed", "gone"}, {"same", "changed", "new"})
    assert before["same"] == after["same"]
    assert before["changed"] != after["changed"]


@pytest.mark.parametrize("harm", [damaging.remove, damaging.cut_off, damaging.flip, damaging.empty])
def test_a_damaged_file_is_found_and_the_others_are_not_taken_for_it(store: VersionStore, harm: damaging.Harm):
    files: dict[str, Content] = {name: name.encode() * 30_000 for name in ("a", "b", "c", "d")}
    put(store, files)
    damaging.damage(store, "b", harm)
    damaging.damage(store, "d", harm)
    found = examined(store)
    assert {path for path, each in found.items() if each.damage} == {"b", "d"}
    assert found["c"] == Examined("c", 30_000, hashlib.sha256(b"c" * 30_000).hexdigest())
    assert all(found[path].sha256 != hashlib.sha256(files[path]).hexdigest() for path in ("b", "d"))
