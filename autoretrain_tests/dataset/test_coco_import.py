"""An owner's COCO file: read as it is meant, and refused with its file and field where it does not fit together."""

import json

import pytest
from PIL import Image

from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.errors import InputError

CLASSES = ["bus", "car"]


def document(**changes):
    return {
        "images": [
            {"id": 7, "file_name": "a.png", "width": 64, "height": 48},
            {"id": 9, "file_name": "b.png", "width": 64, "height": 48},
        ],
        "categories": [{"id": 3, "name": "car"}, {"id": 18, "name": "bus"}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 3, "bbox": [10, 5, 20, 10]},
            {"id": 2, "image_id": 7, "category_id": 18, "bbox": [0, 0, 64.3, 48]},
            {"id": 3, "image_id": 7, "category_id": 3, "bbox": [0, 0, 64, 48], "iscrowd": 1},
        ],
    } | changes


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    for number, name in enumerate("ab"):
        Image.new("RGB", (64, 48), (90 * number, 0, 0)).save(tmp_path / "images" / f"{name}.png")
    return tmp_path


def read(folder, content, name="instances_all.json"):
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return owners_data(folder / name, CLASSES, folder / "images")


def test_boxes_are_pixels_of_the_models_classes(folder):
    classes, table = read(folder, document())
    assert classes == CLASSES
    first, second = table.sort("path").to_dicts()
    assert [(box["label"], box["x1"], box["y1"], box["x2"], box["y2"]) for box in first["boxes"]] == [
        ("car", 10, 5, 30, 15),
        ("bus", 0, 0, 64, 48),
    ]
    assert (second["boxes"], first["split"]) == ([], None)


def test_the_file_of_the_other_split_is_what_was_held_out(folder):
    whole = document()
    (folder / "instances_val.json").write_text(json.dumps(whole | {"images": whole["images"][1:], "annotations": []}))
    _, table = read(
        folder, whole | {"images": whole["images"][:1], "annotations": whole["annotations"]}, "instances_train.json"
    )
    assert table.sort("path")["split"].to_list() == ["train", "test"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "instances_all.json: the file: Invalid JSON"),
        ("[]", "instances_all.json: the file: "),
        (document(images=[{"id": 7}]), "images.0.file_name: Field required"),
        (document(images=document()["images"][:1] * 2), "images: an id stands twice"),
        (
            document(images=[{"id": 7, "file_name": "gone.png"}]),
            "images.0.file_name: the image .*gone.png does not exist",
        ),
        (document(images=[{"id": 7, "file_name": "../d.json"}]), "images.0.file_name: '../d.json' leads out of"),
        (
            document(images=[{"id": 7, "file_name": "a.png", "width": 48, "height": 64}]),
            "images.0.width: it says 48 x 64, .*a.png has 64 x 48",
        ),
    ]
    + [
        (
            document(annotations=[{"image_id": 7, "category_id": 3, "bbox": [1, 1, 5, 5]} | wrong]),
            f"annotations.0.{why}",
        )
        for wrong, why in [
            ({"image_id": 8}, "image_id: there is no image 8"),
            ({"category_id": 4}, "category_id: there is no category 4"),
            ({"bbox": [1, 1, 5]}, "bbox"),
            ({"bbox": [1, 1, float("nan"), 5]}, "bbox.2"),
            ({"bbox": [60, 1, 10, 5]}, "bbox: the box lies outside the image of 64 x 48"),
            ({"bbox": [1, 1, 0, 5]}, "bbox: the box has no area"),
        ]
    ],
)
def test_what_does_not_fit_is_named(folder, content, expected):
    with pytest.raises(InputError, match=expected):
        read(folder, content)


def test_a_class_that_the_model_does_not_know(folder):
    strange = document(categories=[{"id": 3, "name": "tram"}, {"id": 18, "name": "bus"}])
    with pytest.raises(
        InputError, match=r"annotations\.0\.category_id: 'tram' is none of the model's classes bus, car"
    ):
        read(folder, strange)


@pytest.mark.parametrize(("below", "images"), [("", ""), ("", "train2017"), ("images", ""), ("images", "images")])
def test_the_usual_folders_of_both_splits_are_found(tmp_path, below, images):
    (tmp_path / "annotations").mkdir()
    whole = document()
    for number, split in enumerate(("train2017", "val2017")):
        (tmp_path / below / split).mkdir(parents=True)
        Image.new("RGB", (64, 48), (90 * number, 0, 0)).save(tmp_path / below / split / "a.png")
        said = whole | {"images": whole["images"][:1]}
        (tmp_path / "annotations" / f"instances_{split}.json").write_text(json.dumps(said))
    _, table = owners_data(tmp_path / "annotations" / "instances_train2017.json", CLASSES, tmp_path / images)
    found = {row["split"]: row["path"] for row in table.to_dicts()}
    folder = tmp_path / below
    assert found == {"train": str(folder / "train2017" / "a.png"), "test": str(folder / "val2017" / "a.png")}


@pytest.mark.parametrize("images", ["coco/images", "coco/images/train2017", "coco"])
@pytest.mark.parametrize("year", ["", "2017"])
def test_the_images_lie_in_cocos_folders_whether_the_files_name_a_year_or_not(tmp_path, images, year):
    whole = document(annotations=[])
    for split, image in zip(("train", "val"), whole["images"], strict=True):
        place = tmp_path / "coco" / "images" / f"{split}2017"
        place.mkdir(parents=True)
        Image.new("RGB", (64, 48), (90, len(split) * 9, 0)).save(place / image["file_name"])
        (tmp_path / f"instances_{split}{year}.json").write_text(json.dumps(whole | {"images": [image]}))

    _, table = owners_data(tmp_path / f"instances_train{year}.json", CLASSES, tmp_path / images)

    assert table.sort("path")["split"].to_list() == ["train", "test"]
