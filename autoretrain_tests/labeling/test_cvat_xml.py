import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling.cvat_xml import Drawing, parse, render

XML_TEXT = st.text(
    st.characters(
        exclude_categories=["Cs"],
        exclude_characters=[chr(c) for c in range(32) if chr(c) not in "\t\n\r"] + ["\ufffe", "\uffff"],
    )
    | st.sampled_from("\"'&<>\t\n\r ]"),
    min_size=1,
    max_size=30,
)
COORDINATE = st.floats(allow_nan=False, allow_infinity=False)
BOXES = st.lists(st.builds(Box, XML_TEXT, COORDINATE, COORDINATE, COORDINATE, COORDINATE), max_size=4)
SIZE = st.integers(1, 50_000)
DRAWINGS = st.lists(st.builds(Drawing, XML_TEXT, SIZE, SIZE, BOXES), max_size=4)


@given(XML_TEXT, st.lists(XML_TEXT, max_size=3), DRAWINGS)
def test_what_is_rendered_is_parsed_again(name, classes, drawings):
    assert parse(render(name, classes, drawings)) == drawings


@given(st.lists(st.floats() | st.sampled_from([math.nan, math.inf, -math.inf]), min_size=4, max_size=4))
def test_a_corner_that_is_no_number_is_a_problem_and_nothing_else_is(corners):
    [drawing] = parse(render("n", ["car"], [Drawing("a", 9, 9, [Box("car", *corners)])]))
    if all(map(math.isfinite, corners)):
        assert drawing.problem is None
        assert drawing.boxes == [Box("car", *corners)]
    else:
        assert "no finite number" in drawing.problem
        assert drawing.boxes == []


SOUND = render("n", ["car"], [Drawing("a", 9, 9, [Box("car", 1, 2, 3, 4)])])


@given(st.integers(0, len(SOUND)), st.integers(0, len(SOUND)), st.binary(max_size=8))
def test_a_damaged_file_is_read_or_refused_but_never_anything_else(start, end, rubbish):
    try:
        drawings = parse(SOUND[:start] + rubbish + SOUND[end:])
    except LabelingError:
        return
    assert all(math.isfinite(box.x1) and box.label for drawing in drawings for box in drawing.boxes)


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[0m", "\ud800", "\uffff"])
def test_a_label_that_xml_cannot_hold_is_refused(text):
    with pytest.raises(LabelingError, match="XML cannot hold"):
        render("n", ["car"], [Drawing("a", 9, 9, [Box(text, 0, 0, 1, 1)])])


def test_the_format_is_the_one_that_cvat_documents():
    boxes = [Box("car", 1, 2.5, 3, 4, confidence=0.9)]
    root = ET.fromstring(render("Night", ["car", "bus"], [Drawing("a.png", 64, 48, boxes)], source="auto"))  # noqa: S314
    assert root.findtext("version") == "1.1"
    assert root.findtext("meta/task/size") == "1"
    assert [label.text for label in root.findall("meta/task/labels/label/name")] == ["car", "bus"]
    assert root.find("image").attrib == {"id": "0", "name": "a.png", "width": "64", "height": "48"}
    assert root.find("image/box").attrib == {
        "label": "car",
        "source": "auto",
        "occluded": "0",
        "z_order": "0",
        "xtl": "1.0",
        "ytl": "2.5",
        "xbr": "3.0",
        "ybr": "4.0",
    }


def test_what_cvat_adds_is_tolerated_and_a_byte_order_mark_too():
    text = """<?xml version="1.0" encoding="utf-8"?>
    <annotations><version>1.1</version><meta><job><id>7</id></job><dumped>today</dumped></meta>
      <image id="0" name="a.png" subset="Train" task_id="7" width="64" height="48">
        <!-- checked -->
        <tag label="dark" source="manual"><attribute name="sure">yes</attribute></tag>
        <box label="car" source="file" occluded="1" rotation="0.0" xtl="1.00" ytl="2.00" xbr=" 3 " ybr="4e1"
             z_order="3" group_id="2"><attribute name="colour">red</attribute></box>
      </image></annotations>"""
    expected = [Drawing("a.png", 64, 48, [Box("car", 1, 2, 3, 40)])]
    assert parse(text.encode()) == expected
    assert parse(text.encode("utf-8-sig")) == expected


@pytest.mark.parametrize("shape", ["polygon", "polyline", "points", "mask", "ellipse", "cuboid", "skeleton", "else"])
def test_any_other_shape_is_a_problem_of_its_image_alone(shape):
    text = f"""<annotations><image name="a"><{shape} label="car" points="1,2;3,4"/></image>
    <image name="b"><box label="car" xtl="1" ytl="2" xbr="3" ybr="4"/></image></annotations>"""
    bad, good = parse(text.encode())
    assert f"a {shape} of 'car'" in bad.problem
    assert good == Drawing("b", None, None, [Box("car", 1, 2, 3, 4)])


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ('label="car" rotation="12.5" xtl="1" ytl="2" xbr="3" ybr="4"', "rotated"),
        ('label="car" rotation="much" xtl="1" ytl="2" xbr="3" ybr="4"', "rotated"),
        ('label="car" ytl="2" xbr="3" ybr="4"', "no finite number"),
        ('label="car" xtl="1_0" ytl="2" xbr="3" ybr="4"', "no finite number"),
        ('label="car" xtl="1,5" ytl="2" xbr="3" ybr="4"', "no finite number"),
        ('label="car" xtl="1e999" ytl="2" xbr="3" ybr="4"', "no finite number"),
        ('xtl="1" ytl="2" xbr="3" ybr="4"', "without a label"),
    ],
)
def test_a_box_that_cannot_be_read_is_a_problem(attributes, said):
    [drawing] = parse(f'<annotations><image name="a"><box {attributes}/></image></annotations>'.encode())
    assert said in drawing.problem
    assert drawing.boxes == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotations>&x;</annotations>', "DTD or entities"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotations/>', "DTD or entities"),
        ("<annotations><image>", "no XML"),
        ("", "no XML"),
        ('<?xml version="1.0" encoding="klingon"?><annotations/>', "no XML"),
        ("<html/>", "not <annotations>"),
        ('<annotations><track id="0"/></annotations>', "tracks of a video"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_way_out(text, said):
    with pytest.raises(LabelingError, match=said):
        parse(text.encode())
