"""Which images with known labels are put among those that people are asked for."""

from pathlib import Path

import polars as pl
import pytest

from autoretrain_assets.assets import known_images
from autoretrain_assets.assets.known_images import known_images as chosen
from autoretrain_assets.config import parse_settings
from autoretrain_assets.home import Home
from autoretrain_assets.schema import MANIFEST
from autoretrain_tests.tables import box

ASKED = [f"asked{number}" for number in range(40)]


def home(share=0.05, backend="cvat", seed=0):
    text = (
        f"seed: {seed}\nlabeling: {{known_share: {share}, backend: {backend}, cvat: {{url: 'http://127.0.0.1:9'}}}}\n"
    )
    return Home(Path("/nowhere"), parse_settings(text))


@pytest.fixture(autouse=True)
def _sealed(monkeypatch):
    """A version with 50 sealed images, some to train on, one without an object and one that is asked for."""
    rows = [{"sha256": f"t{number}", "split": "test", "boxes": [box("car", 1, 2, 3, 4)]} for number in range(50)]
    rows += [{"sha256": "empty", "split": "test", "boxes": []}]
    rows += [{"sha256": name, "split": "train", "boxes": [box("car", 1, 2, 3, 4)]} for name in ("a", "b")]
    rows += [{"sha256": ASKED[0], "split": "test", "boxes": [box("car", 1, 2, 3, 4)]}]
    columns = {name: MANIFEST[name] for name in ("sha256", "split", "boxes", "width", "height")}
    manifest = pl.DataFrame([row | {"width": 64, "height": 48} for row in rows], schema=columns)
    monkeypatch.setattr(known_images.dataset_version, "versions", lambda _: ["v0001", "v0002"])
    monkeypatch.setattr(known_images.dataset_version, "read_manifest", lambda _, version: {"v0002": manifest}[version])
    monkeypatch.setattr(Home, "store", None)
    monkeypatch.setattr(known_images.version_images, "paths", lambda _, chosen, *__: {one: Path(one) for one in chosen})


def names(*args, **more):
    return [one.sha256 for one in chosen(home(**more), *args)]


def test_a_share_of_the_task_is_known_and_of_the_sealed_test_with_something_to_see():
    found = chosen(home(), "k", ASKED)
    assert len(found) == 2
    assert all(one.sha256.startswith("t") for one in found)
    assert (found[0].path, found[0].width, found[0].boxes[0].label) == (Path(found[0].sha256), 64, "car")
    assert len(names("k", ASKED[:1])) == 1


def test_all_that_there_is_is_known_where_more_is_asked_for_and_never_what_people_are_asked():
    assert sorted(names("k", ASKED * 3, share=1)) == sorted(f"t{number}" for number in range(50))


def test_the_same_task_has_the_same_ones_and_another_task_others():
    assert names("k", ASKED) == names("k", ASKED)
    assert len({tuple(names(f"k{number}", ASKED)) for number in range(9)} | {tuple(names("k0", ASKED, seed=1))}) > 5


@pytest.mark.parametrize("more", [{"share": 0}, {"backend": "folder"}])
def test_none_is_known_where_the_settings_say_so_or_the_labels_would_lie_open(more):
    assert names("k", ASKED, **more) == []


def test_before_there_is_a_version_none_is_known(monkeypatch):
    monkeypatch.setattr(known_images.dataset_version, "versions", lambda _: [])
    assert names("k", ASKED) == []
