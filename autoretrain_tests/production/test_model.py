"""Following the releases: always one whole verified release, whatever moves meanwhile."""

import errno
import json
import shutil
import threading

import pytest

from autoretrain_assets.production import ModelUnavailableError, ProductionModel, model
from autoretrain_assets.release.serving import publish
from autoretrain_tests.release.test_serving import MODEL, made


def test_the_release_is_handed_out_and_it_is_the_same_object_until_it_changes(tmp_path):
    folder = tmp_path / "production"
    following = ProductionModel(folder)
    release, weights = made(tmp_path, "v0001")
    publish(release, weights, MODEL, folder)
    first = following.current()
    assert (first.version, first.sha256, first.classes, first.imgsz) == (
        "v0001",
        release.weights_sha256,
        ("bus", "car"),
        160,
    )
    assert first.weights.read_bytes() == weights.read_bytes()
    assert following.current() is first
    publish(*made(tmp_path, "v0002"), MODEL, folder)
    second = following.current()
    assert (second.version, first.weights.exists()) == ("v0002", True)
    assert second is not first


def test_a_model_is_found_after_the_process_went_into_another_folder(tmp_path, monkeypatch):
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    monkeypatch.chdir(tmp_path)
    following = ProductionModel("production")
    monkeypatch.chdir("/")
    assert following.current().version == "v0001"


def test_a_release_that_is_published_again_need_not_be_loaded_again(tmp_path):
    following = ProductionModel(tmp_path / "production")
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    first = following.current()
    publish(*made(tmp_path, "v0001", "rolled back"), MODEL, tmp_path / "production")
    assert following.current() is first


def test_a_disk_that_fails_for_a_moment_is_asked_again(tmp_path, monkeypatch):
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    following = ProductionModel(tmp_path / "production")

    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(model, "_verified", fail)
        with pytest.raises(ModelUnavailableError, match="Input/output error"):
            following.current()
    assert following.current().version == "v0001"


def test_weights_are_hashed_once_a_release(tmp_path, monkeypatch):
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    read = []
    own = model._verified
    monkeypatch.setattr(model, "_verified", lambda *given: read.append(1) or own(*given))
    following = ProductionModel(tmp_path / "production")
    for _ in range(100):
        following.current()
    assert len(read) == 1


def test_before_the_first_release_it_says_so_and_then_finds_it(tmp_path):
    following = ProductionModel(tmp_path / "production")
    with pytest.raises(ModelUnavailableError, match="no release"):
        following.current()
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    assert following.current().version == "v0001"


def test_weights_that_are_not_the_released_ones_are_never_handed_out_until_they_are_mended(tmp_path, monkeypatch):
    release, weights = made(tmp_path, "v0001")
    shown = publish(release, weights, MODEL, tmp_path / "production")
    (shown / "weights.pt").write_bytes(b"rot")
    following = ProductionModel(tmp_path / "production")
    read, own = [], model._verified
    monkeypatch.setattr(model, "_verified", lambda *given: read.append(1) or own(*given))
    for _ in range(3):
        with pytest.raises(ModelUnavailableError, match="sha256"):
            following.current()
    assert len(read) == 1
    publish(release, weights, MODEL, tmp_path / "production")
    assert following.current().version == "v0001"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"weights_sha256": 7}', '{"weights_sha256": null}'])
def test_a_model_json_that_says_nothing_is_an_error_of_its_own(tmp_path, content):
    publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    (tmp_path / "production/model.json").write_text(content)
    with pytest.raises(ModelUnavailableError):
        ProductionModel(tmp_path / "production").current()


def test_a_plain_folder_is_as_good_as_a_link(tmp_path):
    shown = publish(*made(tmp_path, "v0001"), MODEL, tmp_path / "production")
    shutil.copytree(shown, tmp_path / "copied")
    assert ProductionModel(tmp_path / "copied").current().version == "v0001"


def test_a_release_that_is_removed_while_it_is_read_is_looked_up_again(tmp_path, monkeypatch):
    first, second = made(tmp_path, "v0001"), made(tmp_path, "v0002")
    shown = publish(*first, MODEL, tmp_path / "production")
    own, read = json.loads, []

    def swapped(content):
        if not read:
            publish(*second, MODEL, tmp_path / "production")
            shutil.rmtree(shown)
        read.append(1)
        return own(content)

    monkeypatch.setattr(model.json, "loads", swapped)
    assert ProductionModel(tmp_path / "production").current().version == "v0002"
    assert len(read) > 1


def test_while_releases_change_all_the_time_every_model_is_whole(tmp_path):
    releases = [made(tmp_path, f"v{number:04}") for number in range(4)]
    publish(*releases[0], MODEL, tmp_path / "production")
    ended = threading.Event()

    def change():
        for turn in range(60):
            publish(*releases[turn % 4], MODEL, tmp_path / "production")
        ended.set()

    changing = threading.Thread(target=change)
    changing.start()
    following, seen = ProductionModel(tmp_path / "production"), set()
    while not ended.is_set():
        found = following.current()
        seen.add(found.version)
        assert found.weights.read_bytes().startswith(found.version.encode())
    changing.join()
    assert len(seen) > 1
