"""What a YOLO data set must not get past the reader: boxes and names that would be wrong without a word."""

import pytest
from PIL import Image

from autoretrain_assets.dataset.yolo_import import read_labels, read_yolo
from autoretrain_assets.errors import InputError


@pytest.fixture
def image(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    Image.new("RGB", (100, 50)).save(tmp_path / "images" / "a.png")
    return tmp_path / "images" / "a.png"


def boxes(image, content):
    (image.parent.parent / "labels" / "a.txt").write_bytes(content)
    return read_labels([image], ["car", "bus"])["boxes"].to_list()[0]


@pytest.mark.parametrize(
    "line",
    [b"0 0.5 0.5 1.2 0.5 1.2 0.9", b"0 1.005 0.5 0.005 0.2", b"0 0.5 -0.005 0.2 0.005", b"0 0.1 0.1 0.1 0.5 0.1 0.9"],
)
def test_a_box_that_leaves_the_image_or_has_no_area_is_refused_by_its_line(image, line):
    with pytest.raises(InputError, match=r"a\.txt, line 3: "):
        boxes(image, b"0 0.5 0.5 0.2 0.2\n\n" + line)


def test_a_box_half_outside_is_clipped_and_one_written_twice_is_one(image):
    assert [box["x2"] for box in boxes(image, b"0 0.95 0.5 0.2 0.2\n0 0.950 .5 .2 .2\n")] == [100]


def test_a_byte_order_mark_is_no_part_of_the_first_line(image):
    assert len(boxes(image, b"\xef\xbb\xbf0 0.5 0.5 0.2 0.2")) == 1


def test_labels_that_are_no_text_are_refused(image):
    with pytest.raises(InputError, match=r"a\.txt is not plain text"):
        boxes(image, b"\xff\xfe0")


@pytest.mark.parametrize("names", ["{1: car, 2: bus}", "{0: car, 2: bus}", "{a: car, 1: bus}", "3", "car"])
def test_names_that_would_shift_the_classes_are_refused(image, names):
    data = image.parent.parent / "data.yaml"
    data.write_text(f"train: images\nnames: {names}\n")

    with pytest.raises(InputError, match=r"data\.yaml: names: "):
        read_yolo(data)


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\n"


@pytest.mark.parametrize("key", ["names", "path", "train", "val"])
@pytest.mark.parametrize("value", ["*b", "{0: *b}"])
def test_lists_in_lists_which_may_unfold_without_end_are_refused_by_their_field(image, key, value):
    data = image.parent.parent / "data.yaml"
    fields = {"train": "images", "names": "[car]"} | {key: value}
    data.write_text(BOMB + "".join(f"{name}: {text}\n" for name, text in fields.items()))

    with pytest.raises(InputError, match=rf"data\.yaml: {key}: .*list"):
        read_yolo(data)


def test_lists_that_are_nested_deeper_than_anybody_reads_are_no_traceback(image):
    data = image.parent.parent / "data.yaml"
    data.write_text("train: images\nnames: [car]\nz: " + "[" * 1000)

    with pytest.raises(InputError, match=r"data\.yaml is not YAML: .*recursion"):
        read_yolo(data)


def test_a_file_of_many_megabytes_is_no_data_yaml(image):
    data = image.parent.parent / "data.yaml"
    data.write_text("train: images\nnames: [car]\n#" + "x" * 5_000_000)

    with pytest.raises(InputError, match=r"data\.yaml is larger than 4194304 bytes"):
        read_yolo(data)


def test_numbered_names_keep_their_numbers_whatever_their_order(image):
    data = image.parent.parent / "data.yaml"
    data.write_text("train: images\nnames: {1: bus, 0: car}\n")

    assert read_yolo(data)[0] == ["car", "bus"]
