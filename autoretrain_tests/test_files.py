"""Writes are whole or absent."""

import pytest

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import atomic_path, link_or_copy, sha256_of, verify_sha256, write_bytes, write_json


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "table"
    write_bytes(path, b"old")

    with pytest.raises(OSError, match="disk"):
        fail_halfway(path)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def fail_halfway(path):
    with atomic_path(path) as temporary:
        temporary.write_bytes(b"half")
        raise OSError("disk full")


def test_equal_json_is_equal_bytes(tmp_path):
    write_json(tmp_path / "a", {"x": 1, "y": 2})
    write_json(tmp_path / "b", {"y": 2, "x": 1})

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_changed_and_missing_bytes_are_refused(tmp_path):
    path = tmp_path / "weights.pt"
    write_bytes(path, b"weights")
    sha256 = sha256_of(path)
    verify_sha256(path, sha256)

    path.write_bytes(b"other")
    with pytest.raises(IntegrityError, match="changed after it was recorded"):
        verify_sha256(path, sha256)
    path.unlink()
    with pytest.raises(IntegrityError, match="is missing"):
        verify_sha256(path, sha256)


def test_a_link_is_the_same_file_and_a_second_one_is_no_error(tmp_path):
    write_bytes(tmp_path / "a", b"image")

    for _ in range(2):
        link_or_copy(tmp_path / "a", tmp_path / "deep" / "b")

    assert (tmp_path / "deep" / "b").samefile(tmp_path / "a")
