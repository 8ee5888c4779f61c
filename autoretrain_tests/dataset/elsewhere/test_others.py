"""COCO and Pascal VOC data sets in a store: the images that their labels name, wherever those may lie."""

import json

import pytest

from autoretrain_assets.errors import InputError
from autoretrain_tests.dataset.elsewhere.remotes import brought, picture

CAR = {"image_id": 1, "category_id": 7, "bbox": [10, 10, 20, 20]}


def coco(*names: str) -> str:
    images = [{"id": number, "file_name": name} for number, name in enumerate(names, start=1)]
    return json.dumps({"images": images, "categories": [{"id": 7, "name": "car"}], "annotations": [CAR]})


def xml(name: str) -> str:
    box = "<bndbox><xmin>11</xmin><ymin>11</ymin><xmax>30</xmax><ymax>30</ymax></bndbox>"
    return f"<annotation><filename>{name}</filename><object><name>car</name>{box}</object></annotation>"


def test_a_coco_file_brings_the_held_out_one_and_the_images_of_both(tmp_path):
    files = {
        "labels/instances_train2017.json": coco("1.png", "2.png"),
        "labels/instances_val2017.json": coco("1.png"),
        "photos/train2017/1.png": picture(1),
        "photos/train2017/2.png": picture(2),
        "photos/train2017/3.png": picture(3),
        "photos/val2017/1.png": picture(4),
        "photos/small/1.png": b"nobody needs this",
    }
    for place, images in (("all", "photos"), ("one", "photos/train2017")):
        remote, names, rows, _ = brought(files, tmp_path / place, "labels/instances_train2017.json", images)
        assert set(remote.taken) == files.keys() - {"photos/train2017/3.png", "photos/small/1.png"}
        assert names == ["car", "bus"]
        assert {path: row["split"] for path, row in rows.items()} == {
            "photos/train2017/1.png": "train",
            "photos/train2017/2.png": "train",
            "photos/val2017/1.png": "test",
        }
        assert [box["label"] for box in rows["photos/train2017/1.png"]["boxes"]] == ["car"]


def test_a_coco_file_finds_the_images_beside_it(tmp_path):
    files = {"street.json": coco("a/1.png"), "a/1.png": picture(), "b/1.png": picture()}
    remote, _, rows, _ = brought(files, tmp_path, "street.json")
    assert set(rows) == {"a/1.png"}
    assert set(remote.taken) == {"street.json", "a/1.png"}


def test_a_pascal_voc_folder_brings_what_its_xmls_name(tmp_path):
    files = {
        "VOC/Annotations/1.xml": xml("1.png"),
        "VOC/Annotations/2.xml": xml("2.png"),
        "VOC/Annotations/old/3.xml": xml("3.png"),
        "VOC/ImageSets/Main/val.txt": "2\n",
        "VOC/ImageSets/Main/car_val.txt": "2 1\n",
        "VOC/JPEGImages/1.png": picture(1),
        "VOC/JPEGImages/2.png": picture(2),
        "VOC/JPEGImages/3.png": picture(3),
    }
    remote, _, rows, _ = brought(files, tmp_path, "VOC")
    assert {path: row["split"] for path, row in rows.items()} == {
        "VOC/JPEGImages/1.png": "train",
        "VOC/JPEGImages/2.png": "test",
    }
    assert files.keys() - set(remote.taken) == {
        "VOC/Annotations/old/3.xml",
        "VOC/ImageSets/Main/car_val.txt",
        "VOC/JPEGImages/3.png",
    }


@pytest.mark.parametrize("name", ["../1.png", "/etc/1.png", "3.png"])
def test_an_image_elsewhere_or_missing_is_refused(name, tmp_path):
    files = {
        "VOC/Annotations/1.xml": xml(name),
        "street/a.json": coco(name),
        "1.png": picture(),
        "VOC/1.png": picture(),
        "VOC/JPEGImages/2.png": picture(),
    }
    for path in ("VOC", "street/a.json"):
        with pytest.raises(InputError, match=r"leads out of|does not exist"):
            brought(files, tmp_path / path, path)


def test_a_broken_file_is_told(tmp_path):
    files = {"a.json": "{", "VOC/Annotations/1.xml": "<a>"}
    for path in ("a.json", "VOC"):
        with pytest.raises(InputError, match=r"no COCO file|no XML"):
            brought(files, tmp_path, path)
