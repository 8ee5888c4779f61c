"""A version comes out of the store as ultralytics reads it: whole, resumable, and apart from the home's own images."""

import hashlib
import shutil

import pytest

from autoretrain_assets.commands.checkout import checkout
from autoretrain_assets.dataset import checkout as laying
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.yolo_import import label_path, read_yolo
from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.home import Home
from autoretrain_tests.homes import commit_images, laid_out, picture
from autoretrain_tests.lakefs.homes import on_lakefs

NAMES = [*"abcdefgh"]


@pytest.fixture(params=["git", pytest.param("lakefs", marks=pytest.mark.slow)])
def home(request, tmp_path) -> Home:
    """Eight images, some of them for testing, in v0001; two more in v0002."""
    told = on_lakefs(request.getfixturevalue("lakefs_store").settings) if request.param == "lakefs" else []
    home = laid_out(tmp_path / "home", "dataset.test_share=0.4", *told)
    commit_images(home, "v0001", *NAMES)
    commit_images(home, "v0002", "i", "j")
    return home


@pytest.fixture
def out(home, tmp_path):
    """Check a version out, and what it said."""

    def call(version="v0001", folder="out"):
        said: list[str] = []
        said.append(checkout(home.root, version, tmp_path / folder, said.append, lambda *_: None))
        return said

    return call


def contents(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_what_lies_in_the_store(home, out, tmp_path):
    [said] = out()
    home.store.download("v0001", home.store.list("v0001"), tmp_path / "stored")
    assert contents(tmp_path / "out") == contents(tmp_path / "stored")
    assert str(tmp_path / "out/data.yaml") in said


def test_a_version_from_before_the_lists_is_checked_out_with_them(home, out, tmp_path):
    tip = home.store.resolve("main")
    older = home.store.commit("main", {}, message="older", delete=["train.txt", "test.txt"], parent=tip)
    home.store.tag("v0003", older.id)
    manifest = dataset_version.read_manifest(home.store, "v0003")
    out("v0003")
    classes, splits = read_yolo(tmp_path / "out/data.yaml")
    found = {split: {path.stem for path in splits[name]} for split, name in [("train", "train"), ("test", "val")]}
    assert found == {split: set(manifest.filter(split=split)["sha256"]) for split in ("train", "test")}
    assert min(map(len, found.values())) > 0
    assert all(label_path(path).is_file() for paths in splits.values() for path in paths)
    assert classes == home.classes


def test_no_file_of_it_is_one_of_the_homes(home, out, tmp_path):
    out()
    for path in (tmp_path / "out/images").iterdir():
        assert not path.samefile(home.frames.path(path.stem))
        path.write_bytes(b"rewritten by a trainer")
    assert {home.frames.path(sha256(name)).read_bytes() for name in NAMES} == {picture(name) for name in NAMES}


def sha256(name: str) -> str:
    return hashlib.sha256(picture(name)).hexdigest()


def test_only_images_that_the_home_does_not_have_are_fetched_and_kept(home, out, tmp_path):
    shutil.rmtree(home.root / "frames")
    assert "8 images of 8" in out()[0]
    assert "2 images of 10" in out("v0002", "next")[0]
    assert len(out("v0002", "again")) == 1
    assert len(list((tmp_path / "again/images").iterdir())) == 10


def test_an_ended_try_goes_on_where_it_was(home, out, tmp_path, monkeypatch):
    copy = laying._copy
    left = iter(range(3))

    def ended(source, target):
        if next(left, None) is None:
            raise KeyboardInterrupt
        copy(source, target)

    monkeypatch.setattr(laying, "AT_ONCE", 1)
    monkeypatch.setattr(laying, "_copy", ended)
    with pytest.raises(KeyboardInterrupt):
        out()
    monkeypatch.setattr(laying, "_copy", copy)
    first = sorted((tmp_path / "out/images").iterdir())
    assert len(first) == 3
    assert not (tmp_path / "out/data.yaml").exists()
    before = [path.stat().st_ino for path in first]
    first[0].write_bytes(b"torn by a power cut")
    (tmp_path / "out/images/.half.jpg.x1.tmp").write_bytes(b"half")
    out()
    assert contents(tmp_path / "out").keys() == set(home.store.list("v0001"))
    assert [path.stat().st_ino for path in first][1:] == before[1:]
    assert hashlib.sha256(first[0].read_bytes()).hexdigest() == first[0].stem


def test_a_finished_checkout_is_left_as_it_is(out, tmp_path):
    out()
    before = {path: path.stat().st_ino for path in (tmp_path / "out").rglob("*") if path.name != "dataset.json"}
    out()
    assert {path: path.stat().st_ino for path in before} == before


def test_a_folder_with_other_things_in_it_is_refused_and_left_alone(out, tmp_path):
    for number, other in enumerate(["notes.txt", "images/mine.jpg", "labels.cache", ".hidden.tmp"]):
        path = tmp_path / str(number) / other
        path.parent.mkdir(parents=True)
        path.write_bytes(b"mine")
        with pytest.raises(InputError, match=f"other things, such as {other}"):
            out(folder=str(number))
        assert contents(tmp_path / str(number)) == {other: b"mine"}


def test_a_checkout_that_was_trained_on_or_is_of_another_version_is_refused(out, tmp_path):
    out()
    with pytest.raises(InputError, match="another version"):
        out("v0002")
    (tmp_path / "out/labels.cache").write_bytes(b"of a trainer")
    with pytest.raises(InputError, match=r"labels\.cache"):
        out()


def test_a_file_or_a_link_in_its_way_is_refused(out, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="no folder"):
        out(folder="file")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/images").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="such as images"):
        out()


def test_the_beginning_of_the_very_first_file_stands_in_nobodys_way(out, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/.dataset.json.x1.tmp").write_bytes(b"ha")
    out()
    assert not (tmp_path / "out/.dataset.json.x1.tmp").exists()


def test_what_cannot_be_trusted_is_not_checked_out(home, out, tmp_path):
    with pytest.raises(InputError, match="v0001, v0002"):
        out("v0007")
    info = home.store.read("v0002", "dataset.json").replace(b'"manifest_hash": "', b'"manifest_hash": "0')
    forged = home.store.commit("main", {"dataset.json": info}, message="by hand", parent=home.store.resolve("main"))
    home.store.tag("v0003", forged.id)
    image = home.store.list("v0002", "images/")[0]
    lost = home.store.commit("main", {}, message="by hand", delete=[image], parent=home.store.tags()["v0003"])
    home.store.tag("v0004", lost.id)
    for version in ("v0003", "v0004"):
        with pytest.raises(IntegrityError, match=f"store verify {version}"):
            out(version)
    assert not (tmp_path / "out").exists()
