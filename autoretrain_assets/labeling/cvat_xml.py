"""Read and write "CVAT for images 1.1", the XML of https://docs.cvat.ai/docs/other/xml_format, for rectangles.

Only bytes and values: no file is touched. What cannot be read as an upright rectangle is told for its
image and never left out in silence, as CVAT itself stores any shape on any label.
"""

import io
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import LabelingError

MAX_IMAGES = 100_000
MAX_DEPTH = 100
"""The format itself is six deep."""

_CORNERS = ("xtl", "ytl", "xbr", "ybr")
_IMAGE, _SHAPE = 1, 2
"""How many parents an image has, and a shape in it."""
_NO_SHAPES = {"tag", "attribute"}
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One `<image>`: its boxes in pixels, and what of it could not be read, if anything.

    `width` and `height` are None where the file does not say them. With a `problem` the boxes are
    incomplete and must not be used.
    """

    name: str
    width: float | None
    height: float | None
    boxes: Sequence[Box] = ()
    problem: str | None = None


def render(name: str, classes: Sequence[str], drawings: Sequence[Drawing], source: str = "manual") -> bytes:
    """The XML of a task; `source` is CVAT's word for who drew the boxes: auto for a model's, manual for a person's.

    Coordinates are written in full, so that `parse` returns the same numbers. Raises LabelingError
    where a name or a label has a character that XML cannot hold.
    """
    root = ET.Element("annotations")
    ET.SubElement(root, "version").text = "1.1"
    root.append(_meta(name, classes, len(drawings)))
    root.extend(_image(number, drawing, source) for number, drawing in enumerate(drawings))
    _refuse_unwritable(root)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def parse(content: bytes) -> list[Drawing]:
    """Every `<image>` of the XML in the file's order, an image that stands there twice twice.

    Boxes carry no confidence: they are a person's answer now. Raises LabelingError where the whole
    file is no "CVAT for images" XML, or declares a DTD or entities.
    """
    drawings: list[Drawing] = []
    shapes = _Shapes()
    for parents, element in _closed(content):
        if len(parents) == _SHAPE and parents[1].tag == "image":
            shapes.add(element)
        elif len(parents) == _IMAGE and element.tag == "image":
            drawings.append(_drawing(element, shapes))
            if len(drawings) > MAX_IMAGES:
                raise LabelingError(f"it has more than {MAX_IMAGES} images: no task is so large.")
            shapes = _Shapes()
    return drawings


@dataclass(slots=True)
class _Shapes:
    """What one image holds so far; a problem that a million shapes share is kept once."""

    boxes: list[Box] = field(default_factory=list)
    problems: dict[str, None] = field(default_factory=dict)

    def add(self, element: ET.Element) -> None:
        if element.tag in _NO_SHAPES:
            return
        shape = _shape(element)
        if isinstance(shape, Box):
            self.boxes.append(shape)
        else:
            self.problems[shape] = None


def _closed(content: bytes) -> Iterator[tuple[list[ET.Element], ET.Element]]:
    """Each element when it has ended, after those in it, with its parents; then it is dropped, to save memory."""
    parents: list[ET.Element] = []
    try:
        for event, element in defusedxml.ElementTree.iterparse(io.BytesIO(content), ("start", "end"), forbid_dtd=True):
            if event == "start":
                parents.append(element)
                _check_kind(parents)
                continue
            parents.pop()
            yield parents, element
            if parents:
                parents[-1].remove(element)
    except DefusedXmlException as error:
        raise LabelingError(f"it declares a DTD or entities ({type(error).__name__}): save it without them.") from error
    except (ET.ParseError, LookupError, ValueError) as error:
        raise LabelingError(f'it is no XML ({error}): save it as "CVAT for images 1.1".') from error


def _check_kind(parents: Sequence[ET.Element]) -> None:
    if len(parents) > MAX_DEPTH:
        raise LabelingError(f'it is nested {len(parents)} deep: save it as "CVAT for images 1.1".')
    if parents[0].tag != "annotations":
        raise LabelingError(f'its root is <{parents[0].tag}>, not <annotations>: save it as "CVAT for images 1.1".')
    if [element.tag for element in parents[1:3]] == ["track"]:
        raise LabelingError('it holds tracks of a video: save it as "CVAT for images 1.1".')


def _meta(name: str, classes: Sequence[str], size: int) -> ET.Element:
    meta = ET.Element("meta")
    task = ET.SubElement(meta, "task")
    for tag, text in (("name", name), ("size", str(size)), ("mode", "annotation"), ("overlap", "0")):
        ET.SubElement(task, tag).text = text
    labels = ET.SubElement(task, "labels")
    for label in classes:
        entry = ET.SubElement(labels, "label")
        ET.SubElement(entry, "name").text = label
        ET.SubElement(entry, "type").text = "rectangle"
        ET.SubElement(entry, "attributes")
    return meta


def _image(number: int, drawing: Drawing, source: str) -> ET.Element:
    size = {"width": drawing.width, "height": drawing.height}
    known = {side: f"{value:.17g}" for side, value in size.items() if value is not None}
    image = ET.Element("image", {"id": str(number), "name": drawing.name} | known)
    for box in drawing.boxes:
        corners = zip(_CORNERS, (box.x1, box.y1, box.x2, box.y2), strict=True)
        fixed = {"label": box.label, "source": source, "occluded": "0", "z_order": "0"}
        ET.SubElement(image, "box", fixed | {corner: repr(float(value)) for corner, value in corners})
    return image


def _refuse_unwritable(root: ET.Element) -> None:
    texts: Iterable[str] = (text for node in root.iter() for text in (node.text or "", *node.attrib.values()))
    for text in texts:
        if _NOT_IN_XML.search(text):
            raise LabelingError(f"{text!r} has a character that XML cannot hold: rename the class or the task.")


def _drawing(image: ET.Element, shapes: _Shapes) -> Drawing:
    return Drawing(
        name=image.get("name", ""),
        width=_number(image.get("width")),
        height=_number(image.get("height")),
        boxes=shapes.boxes,
        problem="; ".join(shapes.problems) or None,
    )


def _shape(shape: ET.Element) -> Box | str:
    """The box, or what is wrong with it."""
    label = shape.get("label", "")
    if shape.tag != "box":
        return f"a {shape.tag} of {label!r}: only rectangles count, draw a box instead"
    if not label:
        return "a box without a label: choose one"
    turned = _number(shape.get("rotation", "0"))
    if turned is None or turned % 360 != 0:
        return f"a rotated box of {label!r}: only upright boxes count, draw it without rotation"
    corners = [number for name in _CORNERS if (number := _number(shape.get(name))) is not None]
    if len(corners) != len(_CORNERS):
        return f"a box of {label!r} with a corner that is missing or no finite number: draw it again"
    return Box(label, *corners)


def _number(text: str | None) -> float | None:
    if text is None or not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None
