"""Images that a home lost come back from its versions, whole, and only what was lost is fetched."""

import errno
import hashlib
import shutil
from pathlib import Path

import pytest

from autoretrain_assets import version_images
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.home import Home
from autoretrain_tests.homes import commit_images, laid_out, picture
from autoretrain_tests.lakefs.homes import on_lakefs

NAMES = ["a", "b", "c"]


@pytest.fixture(params=["git", pytest.param("lakefs", marks=pytest.mark.slow)])
def home(request, tmp_path) -> Home:
    told = on_lakefs(request.getfixturevalue("lakefs_store").settings) if request.param == "lakefs" else []
    home = laid_out(tmp_path / "home", *told)
    commit_images(home, "v0001", *NAMES)
    return home


@pytest.fixture
def told() -> list[str]:
    return []


def sha256(name: str) -> str:
    return hashlib.sha256(picture(name)).hexdigest()


def test_what_is_there_is_not_fetched(home, told):
    found = version_images.paths(home, map(sha256, "ba"), "v0009, which nobody asks for", told.append)
    assert found == {sha256(name): home.frames.path(sha256(name)) for name in "ba"}
    assert told == []


def test_all_of_a_folder_that_is_gone_comes_back(home, told):
    shutil.rmtree(home.root / "frames")
    found = version_images.paths(home, map(sha256, NAMES), "v0001", told.append)
    assert {path.read_bytes() for path in found.values()} == {picture(name) for name in NAMES}
    assert found == home.frames.paths(map(sha256, NAMES))
    assert ["3 images of 3" in line for line in told] == [True]
    assert list(home.work.glob(f"{version_images.FETCHED}*")) == []


def test_frames_on_a_disk_of_their_own_have_them_again(home, monkeypatch):
    def from_one_disk_to_another(source, target):
        if source.parent != target.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(source, target)

    replace = Path.replace
    monkeypatch.setattr(Path, "replace", from_one_disk_to_another)
    shutil.rmtree(home.root / "frames")
    found = version_images.paths(home, map(sha256, NAMES), "v0001")
    assert {path.read_bytes() for path in found.values()} == {picture(name) for name in NAMES}


def test_only_what_is_gone_or_damaged_is_fetched(home, told, monkeypatch):
    monkeypatch.setattr(version_images, "AT_A_TIME", 1)
    home.frames.path(sha256("a")).unlink()
    home.frames.path(sha256("b")).write_bytes(b"damaged")
    kept = home.frames.path(sha256("c")).stat().st_ino
    found = version_images.paths(home, map(sha256, NAMES), "v0001", told.append)
    assert [path.read_bytes() for path in found.values()] == [picture(name) for name in NAMES]
    assert found[sha256("c")].stat().st_ino == kept
    assert ["2 images of 3" in line for line in told] == [True]


def test_a_damaged_file_of_another_kind_does_not_stand_in_the_way(home):
    path = home.frames.path(sha256("a"))
    path.with_suffix(".png").write_bytes(b"damaged")
    path.unlink()
    assert version_images.paths(home, [sha256("a")], "v0001")[sha256("a")].read_bytes() == picture("a")


def test_what_is_nowhere_is_an_error_that_names_it_and_fetches_nothing(home):
    other = home.frames.put(b"an image of no version", "jpg")
    assert version_images.paths(home, [other], None) == {other: home.frames.path(other)}
    home.frames.path(other).write_bytes(b"damaged")
    home.frames.path(sha256("a")).unlink()
    for version, where in [("v0001", "v0001"), (None, "any version")]:
        with pytest.raises(IntegrityError, match=f"{other[:12]}.* other bytes .*{where}.*backup"):
            version_images.paths(home, [other, sha256("b")], version)
    home.frames.path(other).unlink()
    with pytest.raises(IntegrityError, match=r"not in .*frames \(as are 1 more\)"):
        version_images.paths(home, [other, "f" * 64, sha256("a")], "v0001")
    assert home.frames.find(sha256("a")) is None


def test_at_hand_is_what_can_be_had(home):
    home.frames.path(sha256("a")).unlink()
    found = version_images.at_hand(home, ["f" * 64, sha256("a"), sha256("b")])
    assert list(found) == [sha256("a"), sha256("b")]
    assert found[sha256("a")].read_bytes() == picture("a")


def test_before_there_is_a_version_only_the_frames_have_images(tmp_path):
    home = laid_out(tmp_path / "new")
    kept = home.frames.put(b"1", "jpg")
    assert version_images.at_hand(home, [kept, "f" * 64]) == {kept: home.frames.path(kept)}
