"""Packs, held against git's own reading of them."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoretrain_assets.store.pack import BLOB, object_id
from autoretrain_assets.store.pack_index import index_of
from autoretrain_assets.store.packing import new_pack
from autoretrain_assets.store.repository import ensure_repository

few = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
lengths = st.sampled_from([0, 1, 15, 16, 2047, 2048, 65_534, 65_535, 65_536, 131_070, 131_071, 1_500_000])
contents = st.builds(lambda length, seed: (seed * (length // len(seed) + 1))[:length], lengths, st.binary(min_size=1))


def git(repository: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(
        ["git", f"--git-dir={repository}", *arguments], check=True, capture_output=True, input=stdin
    ).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return ensure_repository(tmp_path / "store.git")


@few
@given(st.lists(st.tuples(contents, st.booleans()), min_size=1, max_size=6))
def test_git_reads_what_was_packed(repository: Path, files: list[tuple[bytes, bool]]):
    with new_pack(repository, ()) as new:
        ids = [
            new.pack.add_stream(BLOB, len(content), [content[:70_000], content[70_000:]])
            if in_chunks
            else new.pack.add(BLOB, content)
            for content, in_chunks in files
        ]
        new.land()
    assert ids == [object_id(BLOB, content) for content, _ in files]
    for path in (repository / "objects/pack").glob("*.idx"):
        git(repository, "verify-pack", str(path))
    for identifier, (content, _) in zip(ids, files, strict=True):
        assert git(repository, "cat-file", "blob", identifier.hex()) == content


def test_what_is_there_already_is_not_packed_again(repository: Path):
    with new_pack(repository, {object_id(BLOB, b"old")}) as new:
        for content in (b"old", b"new", b"new", b"last"):
            assert new.pack.add(BLOB, content) == object_id(BLOB, content)
            assert new.pack.add_stream(BLOB, len(content), [content]) == object_id(BLOB, content)
        new.land()
    [index] = (repository / "objects/pack").glob("*.idx")
    git(repository, "verify-pack", str(index))
    listed = git(repository, "show-index", stdin=index.read_bytes()).decode().splitlines()
    assert sorted(line.split()[1] for line in listed) == sorted(
        object_id(BLOB, each).hex() for each in (b"new", b"last")
    )


def test_the_index_of_a_pack_of_many_gigabytes_is_read_by_git(repository: Path):
    places = {object_id(BLOB, b"%d" % number): (12 + number * 1_000_000_007, number) for number in range(9)}
    listed = git(repository, "show-index", stdin=index_of(places, b"\0" * 20)).decode().splitlines()
    assert {line.split()[1]: int(line.split()[0]) for line in listed} == {
        identifier.hex(): offset for identifier, (offset, _) in places.items()
    }


def test_a_pack_is_marked_as_in_use_until_its_writer_is_done(repository: Path):
    folder = repository / "objects/pack"
    with new_pack(repository, ()) as new:
        new.pack.add(BLOB, b"1")
        assert [path.name[:8] for path in folder.iterdir()] == ["tmp_pack"]
        new.land()
        assert sorted(path.suffix for path in folder.iterdir()) == [".idx", ".keep", ".pack"]
        git(repository, "gc", "--quiet", "--prune=now")
        assert git(repository, "cat-file", "blob", object_id(BLOB, b"1").hex()) == b"1"
    assert sorted(path.suffix for path in folder.iterdir()) == [".idx", ".pack"]


def test_a_pack_that_fails_leaves_nothing(repository: Path):
    with pytest.raises(ZeroDivisionError), new_pack(repository, ()) as new:
        new.pack.add_stream(BLOB, 3, (b"%d" % (1 // left) for left in (2, 1, 0)))
    assert list((repository / "objects/pack").iterdir()) == []
