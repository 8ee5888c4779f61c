"""YOLO data sets from elsewhere: what is read, and what is refused with its file and line."""

import pytest
from PIL import Image

from autoretrain_assets.dataset.yolo_import import label_path, read_labels, read_yolo
from autoretrain_assets.errors import InputError


@pytest.fixture
def world(tmp_path):
    for split in ("train", "val"):
        (tmp_path / "images" / split).mkdir(parents=True)
        (tmp_path / "labels" / split).mkdir(parents=True)
        Image.new("RGB", (100, 50)).save(tmp_path / "images" / split / "a.png")
    (tmp_path / "data.yaml").write_text("train: images/train\nval: [images/val]\nnames: {0: car, 1: bus}\n")
    return tmp_path


def labelled(world, text):
    (world / "labels" / "train" / "a.txt").write_text(text)
    return read_labels([world / "images" / "train" / "a.png"], ["car", "bus"])


def test_folders_lists_and_names_in_every_form(world):
    (world / "list.txt").write_text("./images/train/a.png\nimages/val/a.png\n")
    (world / "other.yaml").write_text("path: .\ntrain: list.txt\nnames: [car, bus]\ndownload: exit(1)\n")

    assert read_yolo(world / "data.yaml")[0] == ["car", "bus"]
    classes, splits = read_yolo(world / "other.yaml")
    assert classes == ["car", "bus"]
    assert [path.parent.name for path in splits["train"]] == ["train", "val"]


def test_boxes_are_pixels_and_a_polygon_is_its_bounding_box(world):
    row = labelled(world, "0 0.5 0.5 0.2 0.4\n1 0.1 0.2 0.3 0.2 0.3 0.6\n0 0.5 0.5 0.2 0.4\n").row(0, named=True)

    assert (row["width"], row["height"]) == (100, 50)
    corners = [(box["label"], box["x1"], box["y1"], box["x2"], box["y2"]) for box in row["boxes"]]
    assert corners == [("car", 40, 15, 60, 35), ("bus", *map(pytest.approx, (10, 10, 30, 30)))]


def test_an_image_without_a_label_file_has_nothing_in_it(world):
    assert read_labels([world / "images" / "val" / "a.png"], ["car"])["boxes"].to_list() == [[]]


@pytest.mark.parametrize(
    "line",
    [
        "0 0.5 0.5 0.2",
        "2 0.5 0.5 0.2 0.2",
        "0.5 0.5 0.5 0.2 0.2",
        "x 1 2 3 4",
        "0 0.5 0.5 1.5 0.2",
        "0 0.5 0.5 0 0.2",
        "-1 0 0 1 1",
        "0 nan 0.5 0.2 0.2",
    ],
)
def test_a_bad_line_is_named_with_its_file(world, line):
    with pytest.raises(InputError, match=r"a\.txt"):
        labelled(world, f"0 0.5 0.5 0.2 0.2\n{line}\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("train: images/train\n", "names"),
        ("names: [a, a]\ntrain: images/train\n", "names"),
        ("names: [a]\ntrain: nowhere\n", "nowhere"),
        ("names: [a]\n", "none of train"),
        ("a: [\n", "not YAML"),
        ("- a\n", "must hold"),
    ],
)
def test_a_bad_data_yaml_says_what_is_wrong(world, text, reason):
    (world / "data.yaml").write_text(text)

    with pytest.raises(InputError, match=reason):
        read_yolo(world / "data.yaml")


def test_labels_stand_beside_the_last_images_folder(tmp_path):
    assert label_path(tmp_path / "images" / "x" / "images" / "a.jpg") == tmp_path / "images" / "x" / "labels" / "a.txt"
