"""The folder that serving reads: always one release, whole, whatever is killed or read in between."""

import errno
import hashlib
import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.release.registry import Release
from autoretrain_assets.release.serving import KEPT, publish, shows

MODEL = {"classes": ["bus", "car"], "imgsz": 160}


def made(tmp_path: Path, version: str, because: str = "good") -> tuple[Release, Path]:
    weights = tmp_path / f"{version}.pt"
    weights.write_bytes(version.encode() * 1000)
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    return Release(version, sha256, because, "gate", datetime(2026, 5, 1, tzinfo=UTC), "0" * 40), weights


def shown(folder: Path) -> tuple[str, str]:
    """The version of the model and the one its weights were made of, as a careful reader sees them."""
    resolved = folder.resolve(strict=True)
    version = json.loads((resolved / "model.json").read_text())["version"]
    return version, (resolved / "weights.pt").read_bytes()[: len(version)].decode()


def test_serving_finds_the_weights_and_what_they_are(tmp_path: Path):
    release, weights = made(tmp_path, "v0001")
    answered = publish(release, weights, MODEL, tmp_path / "production")
    assert answered.resolve() == (tmp_path / "production").resolve()
    assert (tmp_path / "production/weights.pt").read_bytes() == weights.read_bytes()
    assert json.loads((tmp_path / "production/model.json").read_text()) == {
        "version": "v0001",
        "weights_sha256": release.weights_sha256,
        "because": "good",
        "at": "2026-05-01T00:00:00+00:00",
        "classes": ["bus", "car"],
        "imgsz": 160,
    }


def test_a_home_can_be_moved(tmp_path: Path):
    (tmp_path / "home").mkdir()
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "home/production")
    (tmp_path / "home").rename(tmp_path / "moved")
    assert shown(tmp_path / "moved/production") == ("v0001", "v0001")


def test_publishing_again_changes_nothing(tmp_path: Path):
    release, weights = made(tmp_path, "v0001")
    publish(release, weights, MODEL, tmp_path / "production")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    publish(release, weights, MODEL, tmp_path / "production")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_rollback_shows_the_older_weights_with_the_new_reason(tmp_path: Path):
    for version in ("v0001", "v0002"):
        publish(*made(tmp_path, version), MODEL, tmp_path / "production")
    publish(*made(tmp_path, "v0001", "rolled back"), MODEL, tmp_path / "production")
    assert shown(tmp_path / "production") == ("v0001", "v0001")
    assert json.loads((tmp_path / "production/model.json").read_text())["because"] == "rolled back"


def test_wrong_weights_are_never_shown(tmp_path: Path):
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    release, weights = made(tmp_path, "v0002")
    weights.write_bytes(b"other bytes")
    with pytest.raises(IntegrityError, match="v0002"):
        publish(release, weights, MODEL, tmp_path / "production")
    weights.unlink()
    with pytest.raises(IntegrityError, match="missing"):
        publish(release, weights, MODEL, tmp_path / "production")
    assert shown(tmp_path / "production") == ("v0001", "v0001")


def test_a_copy_that_rotted_is_mended(tmp_path: Path):
    release, weights = made(tmp_path, "v0001")
    answered = publish(release, weights, MODEL, tmp_path / "production")
    (answered / "weights.pt").write_bytes(b"rot")
    publish(release, weights, MODEL, tmp_path / "production")
    assert (answered / "weights.pt").read_bytes() == weights.read_bytes()


def test_a_few_older_releases_stay_and_the_rest_go(tmp_path: Path):
    for number in range(KEPT + 3):
        publish(*made(tmp_path, f"v{number}"), MODEL, tmp_path / "production")
    left = sorted(path.name.split("-")[0] for path in (tmp_path / "production-releases").iterdir())
    assert left == [f"v{number}" for number in range(2, KEPT + 3)]


def test_a_model_without_its_classes_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="classes"):
        publish(*made(tmp_path, "v0001"), {"imgsz": 160}, tmp_path / "production")
    assert not (tmp_path / "production").exists()


def test_an_empty_folder_makes_way_and_a_full_one_does_not(tmp_path: Path):
    (tmp_path / "production").mkdir()
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    assert shown(tmp_path / "production") == ("v0001", "v0001")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").touch()
    with pytest.raises(InputError, match="full"):
        publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "full")
    assert (tmp_path / "full/mine").exists()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_place_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int):
    def closed(*_: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "production"))

    monkeypatch.setattr(Path, "symlink_to", closed)
    with pytest.raises(InputError, match=r"production cannot be written .*until then .* does not show v0001"):
        publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")


def test_a_reader_never_sees_two_releases_at_once(tmp_path: Path):
    releases = [made(tmp_path, version) for version in ("v0001", "v0002")]
    folder = tmp_path / "production"
    publish(*releases[0], MODEL, folder)
    done = threading.Event()
    seen: set[tuple[str, str]] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(shown(folder))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        publish(*releases[number % 2], MODEL, folder)
    done.set()
    reader.join()
    assert seen == {("v0001", "v0001"), ("v0002", "v0002")}


def test_a_folder_shows_a_release_once_it_was_published_and_until_another_is(tmp_path: Path):
    folder = tmp_path / "production"
    first, second = (made(tmp_path, version) for version in ("v0001", "v0002"))
    assert not shows(first[0], folder)
    publish(*first, MODEL, folder)
    assert shows(first[0], folder)
    assert not shows(second[0], folder)
    publish(*second, MODEL, folder)
    assert shows(second[0], folder)
    assert not shows(first[0], folder)


def test_a_folder_that_still_tells_why_the_same_weights_were_released_before_does_not_show_it(tmp_path: Path):
    publish(*made(tmp_path, "v0001", "first"), MODEL, tmp_path / "production")
    again, weights = made(tmp_path, "v0001", "rolled back")
    assert not shows(again, tmp_path / "production")
    publish(again, weights, MODEL, tmp_path / "production")
    assert shows(again, tmp_path / "production")


@pytest.mark.parametrize("lost", ["weights.pt", "model.json"])
def test_a_folder_that_lost_a_file_does_not_show_its_release(tmp_path: Path, lost: str):
    release, weights = made(tmp_path, "v0001")
    publish(release, weights, MODEL, tmp_path / "production")
    (tmp_path / "production" / lost).unlink()
    assert not shows(release, tmp_path / "production")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_folder_whose_model_json_says_nothing_of_use_does_not_show_its_release(tmp_path: Path, content: str):
    release, weights = made(tmp_path, "v0001")
    publish(release, weights, MODEL, tmp_path / "production")
    (tmp_path / "production/model.json").write_text(content)
    assert not shows(release, tmp_path / "production")


def test_a_folder_that_is_no_link_or_leads_nowhere_shows_nothing(tmp_path: Path):
    release, weights = made(tmp_path, "v0001")
    (tmp_path / "production").mkdir()
    assert not shows(release, tmp_path / "production")
    publish(release, weights, MODEL, tmp_path / "linked")
    (tmp_path / "linked-releases").rename(tmp_path / "elsewhere")
    assert not shows(release, tmp_path / "linked")
