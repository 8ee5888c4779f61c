"""An owner's Pascal VOC folder: read as it is meant, and refused with its file and field where it does not fit."""

import pytest
from PIL import Image

from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.errors import InputError

CLASSES = ["bus", "car"]
BOX = "<bndbox><xmin>11</xmin><ymin>6</ymin><xmax>30</xmax><ymax>15</ymax></bndbox>"
BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]>'
THIEF = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def xml(name="a.png", thing="car", box=BOX, head="", entity=""):
    return (
        f"{head}<annotation><filename>{name}{entity}</filename><object><name>{thing}</name>{box}</object></annotation>"
    )


@pytest.fixture
def folder(tmp_path):
    for place in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (tmp_path / place).mkdir(parents=True)
    for number, name in enumerate("ab"):
        Image.new("RGB", (64, 48), (90 * number, 0, 0)).save(tmp_path / "JPEGImages" / f"{name}.png")
    return tmp_path


def read(folder, text):
    (folder / "Annotations" / "a.xml").write_text(text)
    return owners_data(folder, CLASSES)


def test_pixels_count_from_one_and_the_last_belongs_to_the_box(folder):
    _, table = read(folder, xml())
    [row] = table.to_dicts()
    assert {key: row["boxes"][0][key] for key in ("label", "x1", "y1", "x2", "y2")} == {
        "label": "car",
        "x1": 10.0,
        "y1": 5.0,
        "x2": 30.0,
        "y2": 15.0,
    }


def test_what_the_image_sets_call_val_was_held_out(folder):
    (folder / "Annotations" / "b.xml").write_text("<annotation><filename>b.png</filename></annotation>")
    (folder / "ImageSets" / "Main" / "val.txt").write_text("b 1\n")
    _, table = read(folder, xml())
    assert dict(table.select(table["path"].str.tail(5), "split").iter_rows()) == {"a.png": "train", "b.png": "test"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<annotation>", "a.xml is no XML"),
        ("", "a.xml is no XML"),
        (xml(head=BOMB, entity="&y;"), "a.xml declares entities"),
        (xml(head=THIEF, entity="&x;"), "a.xml declares entities"),
        (xml(name=""), "a.xml: filename is missing"),
        (xml(name="gone.png"), "a.xml: filename: the image .*gone.png does not exist"),
        (xml(name="../secret.png"), "a.xml: filename: '../secret.png' leads out"),
        (xml(thing="tram"), "object 1: name: 'tram' is none of the model's classes bus, car"),
        (xml(thing=""), "object 1: name is missing"),
        (xml(box=""), "object 1: bndbox/xmin is missing"),
        (xml(box=BOX.replace("11", "eleven")), "object 1: bndbox/xmin: 'eleven' is no number"),
        (xml(box=BOX.replace("11", "nan")), "object 1: bndbox: the box has no area"),
        (xml(box=BOX.replace("30", "90")), "object 1: bndbox: the box lies outside the image of 64 x 48"),
        (xml(box=BOX.replace("11", "40")), "object 1: bndbox: the box has no area"),
    ],
)
def test_what_does_not_fit_is_named(folder, text, expected):
    with pytest.raises(InputError, match=expected):
        read(folder, text)


def test_a_folder_without_annotations(tmp_path):
    with pytest.raises(InputError, match=r"no Annotations/\*\.xml: name a Pascal VOC folder"):
        owners_data(tmp_path, CLASSES)
