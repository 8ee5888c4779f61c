"""A YOLO data set in a store: which of its files are needed, and what paths of another machine mean there."""

import pytest

from autoretrain_assets.errors import InputError
from autoretrain_tests.dataset.elsewhere.remotes import brought, picture

LABEL = "0 0.5 0.5 0.2 0.4\n"


def street(data: str, below: str = "") -> dict[str, str | bytes]:
    files = {
        "data.yaml": f"{data}\nnames: [car, bus]\n",
        "images/train/a.png": picture(1),
        "images/train/b.png": picture(2),
        "images/val/a.png": picture(3),
        "labels/train/a.txt": LABEL,
        "labels/val/a.txt": LABEL,
        "images/notes.md": "nobody needs this",
        "runs/best.pt": b"nor this",
        "labels/train/c.txt": "nor the labels of no image",
    }
    return {f"{below}{path}": content for path, content in files.items()}


NEEDED = {
    "data.yaml",
    "images/train/a.png",
    "images/train/b.png",
    "images/val/a.png",
    "labels/train/a.txt",
    "labels/val/a.txt",
}


def test_what_the_data_yaml_names_comes_and_nothing_else(tmp_path):
    remote, names, rows, said = brought(street("train: images/train\nval: [images/val]"), tmp_path)
    assert set(remote.taken) == NEEDED
    assert (names, said) == (["car", "bus"], [])
    assert {path: (row["split"], len(row["boxes"])) for path, row in rows.items()} == {
        "images/train/a.png": ("train", 1),
        "images/train/b.png": ("train", 0),
        "images/val/a.png": ("test", 1),
    }


def test_it_may_lie_in_a_folder_that_is_named_by_itself_or_by_its_file(tmp_path):
    files = street("path: .\ntrain: images/train\nval: images/val", "sets/street/") | {"sets/other/x.png": picture()}
    for place in ("sets/street", "sets/street/data.yaml"):
        remote, _, rows, _ = brought(files, tmp_path / place, place)
        assert len(rows) == 3
        assert all(folder.startswith("sets/street") for folder in remote.listed)


def test_lists_name_images_from_the_data_sets_folder_or_from_their_own(tmp_path):
    files = street("train: lists/train.txt\nval: lists/val.txt") | {
        "lists/train.txt": "./../images/train/a.png\n",
        "lists/val.txt": "images/val/a.png\n\n",
    }
    remote, _, rows, _ = brought(files, tmp_path)
    assert set(rows) == {"images/train/a.png", "images/val/a.png"}
    assert set(remote.taken) == NEEDED - {"images/train/b.png"} | {"lists/train.txt", "lists/val.txt"}


def test_a_folder_above_the_data_yaml_is_looked_into(tmp_path):
    files = {f"sets/{path}": content for path, content in street("train: images/train").items()}
    files["yolo/street.yaml"] = "train: ../sets/images/train\nnames: [car, bus]\n"
    _, _, rows, said = brought(files, tmp_path, "yolo/street.yaml")
    assert set(rows) == {"sets/images/train/a.png", "sets/images/train/b.png"}
    assert (rows["sets/images/train/a.png"]["boxes"][0]["label"], said) == ("car", [])


@pytest.mark.parametrize(
    ("data", "taken"),
    [
        ("path: /home/anna/street\ntrain: images/train\nval: images/val", "/home/anna/street/"),
        ("path: street\ntrain: images/train\nval: images/val", " street/"),
        ("train: /home/anna/street/images/train\nval: /home/anna/street/images/val", "/home/anna/street/"),
        ("path: /home/anna\ntrain: /home/anna/images/train/\nval: /home/anna/images/val", "/home/anna/"),
        ("train: ../images/train\nval: ../images/val", " ../"),
        ("train: C:\\Users\\anna\\images\\train\nval: C:/Users/anna/images/val", "C:/Users/anna/"),
        ("path: ../datasets/street\ntrain: images\\train\nval: images/val", "../datasets/street/"),
    ],
)
def test_folders_of_the_machine_it_was_made_on_are_the_data_sets_own_and_that_is_said(data, taken, tmp_path):
    _, _, rows, said = brought(street(data), tmp_path)
    assert len(rows) == 3
    assert len(said) == 1
    assert taken in said[0]


def test_a_data_yaml_that_counts_from_a_folder_of_its_own_finds_what_lies_beside_it(tmp_path):
    _, _, rows, _ = brought(street("train: ../images/train", "sets/street/"), tmp_path, "sets/street")
    assert set(rows) == {"sets/street/images/train/a.png", "sets/street/images/train/b.png"}


def test_a_list_of_another_machine_finds_its_images_here(tmp_path):
    lines = "".join(f"/home/anna/street/images/train/{name}.png\n" for name in "ab")
    _, _, rows, said = brought(street("train: /mnt/x/train.txt\nval: images/val") | {"train.txt": lines}, tmp_path)
    assert set(rows) == {"images/train/a.png", "images/train/b.png", "images/val/a.png"}
    assert [line.split()[4] for line in said] == ["/mnt/x/:", "/home/anna/street/:"]


def test_an_image_that_is_missing_is_not_replaced_by_another_of_its_name(tmp_path):
    lines = "/home/anna/images/train/a.png\n/home/anna/images/val/b.png\n"
    files = street("train: train.txt") | {"train.txt": lines, "b.png": picture()}
    with pytest.raises(InputError, match=r"c0ffee/train\.txt, line 2: the image /home/anna/images/val/b\.png is not"):
        brought(files, tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("train: images/night", "images/night is neither a folder nor a list"),
        ("train: /home/anna/images/night", "/home/anna/images/night is neither"),
        ("train: labels", "labels is neither a folder nor a list of images"),
        ("val: []", "none of train, val and test names an image"),
        ("train: [", "is not YAML"),
    ],
)
def test_what_is_not_there_is_told_by_its_name_in_the_data_yaml(data, message, tmp_path):
    with pytest.raises(InputError, match=message):
        brought(street(data), tmp_path)


def test_labels_beside_their_images_are_found_wherever_the_home_lies(tmp_path):
    files = {
        "data.yaml": "train: train\nnames: [car, bus]\n",
        "train/a.png": picture(),
        "train/a.txt": LABEL,
    }
    _, _, rows, _ = brought(files, tmp_path / "images" / "home")
    assert [box["label"] for box in rows["train/a.png"]["boxes"]] == ["car"]


def test_what_is_no_data_set_is_told_with_what_might_be_meant(tmp_path):
    files = street("train: images/train", "sets/street/")
    with pytest.raises(InputError, match=r"c0ffee/ is no data\.yaml.*such as sets/street/data\.yaml"):
        brought(files, tmp_path)
    with pytest.raises(InputError, match=r"sets/town is not there.*committed first"):
        brought(files, tmp_path, "sets/town")
    with pytest.raises(InputError, match=r"a\.png is no data\.yaml"):
        brought(files, tmp_path, "sets/street/images/val/a.png")
    with pytest.raises(InputError, match="--images is for COCO"):
        brought(files, tmp_path, "sets/street", "sets/street/images")
