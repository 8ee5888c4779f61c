"""A version is read by clients that are not ours, with the code that docs/lakefs.md shows."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.founding import FIRST, first_version
from autoretrain_assets.home import Home
from autoretrain_assets.yolo import runtime
from autoretrain_tests.lakefs.test_documented import PAGE

pytestmark = pytest.mark.slow

BOTO3, POLARS, FSSPEC = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def home(lakefs_store, street, tmp_path) -> Home:
    """A first version in a repository of its own."""
    told = lakefs_store.settings.model_dump_json(include={"url", "repository", "storage_namespace"})
    classes, images = owners_data(street / "data.yaml")
    text = f"dataset: {{classes: {json.dumps(classes)}}}\nstore: {{backend: lakefs, lakefs: {told}}}\n"
    home = Home(tmp_path / "home", parse_settings(text))
    first_version(home, images)
    return home


@pytest.fixture
def said(home, tmp_path):
    """What the page's code prints of this version, after more of it."""
    wanted = home.settings.store.lakefs

    def run(code: str, *more: str) -> list[str]:
        own = code.replace("https://lakefs.example.org", wanted.url)
        own = re.sub(r"\bstreet(?=[/\"])", wanted.repository, own).replace("v0003", FIRST)
        for name in ("lakefs.example", "v0003"):
            assert name not in own
        done = subprocess.run(
            [sys.executable, "-c", "\n".join([own, *more])], check=False, capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def test_boto3_lists_a_version_and_reads_its_manifest_and_an_image(home, said):
    manifest = dataset_version.read_manifest(home.store, FIRST)
    printed = said(
        BOTO3,
        "print(len(images), manifest.height)",
        "body = s3.get_object(Bucket=pages._op_kwargs['Bucket'], Key=images[0])['Body'].read()",
        "import hashlib; print(images[0], hashlib.sha256(body).hexdigest())",
    )
    assert printed[0] == f"{manifest.height} {manifest.height}"
    key, sha256 = printed[1].split()
    assert key == f"{FIRST}/images/{sha256}.jpg"
    assert sha256 in manifest["sha256"]


def test_polars_reads_the_part_of_the_manifest_that_is_asked_for(home, said):
    manifest = dataset_version.read_manifest(home.store, FIRST)
    [printed] = said(POLARS, "print(test.height, *test.columns)")
    assert printed == f"{manifest.filter(split='test').height} sha256 boxes"


def test_fsspec_brings_the_whole_version_to_disk_where_ultralytics_reads_it(home, said, tmp_path: Path):
    said(FSSPEC)
    place = next(tmp_path.glob("*-v0001"))
    assert YAML(typ="safe").load(place / "data.yaml")["names"] == dict(enumerate(home.classes))
    images = list((place / "images").iterdir())
    assert {path.stem for path in images} == {path.stem for path in (place / "labels").iterdir()}
    for path in images[:5]:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    runtime.start()
    from ultralytics.data import YOLODataset
    from ultralytics.data.utils import check_det_dataset

    data = check_det_dataset(place / "data.yaml")
    found = {split: YOLODataset(img_path=data[split], data=data).labels for split in ("train", "val")}
    splits = dataset_version.read_manifest(home.store, FIRST)["split"].to_list()
    assert {split: len(labels) for split, labels in found.items()} == {
        "train": splits.count("train"),
        "val": splits.count("test"),
    }
    assert any(len(each["cls"]) for each in found["val"])
