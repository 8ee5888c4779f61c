"""Read a labelled data set in Pascal VOC's format: Annotations/ with an XML for each image of JPEGImages/.

defusedxml reads it, which refuses entities: the converters that are on PyPI do not all do so, and none says which
field is wrong. Pixels count from 1 there, and a box holds its last ones.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
import polars as pl
from defusedxml import DefusedXmlException

from autoretrain_assets.dataset.labelled import ROW, Corners, Labelled, box, class_of, image_size, inside, row
from autoretrain_assets.errors import InputError

ANNOTATIONS, IMAGES, SETS = "Annotations", "JPEGImages", Path("ImageSets") / "Main"
HELD_OUT = ("val.txt", "test.txt")


def read_voc(data: Path, images: Path | None, classes: Sequence[str]) -> Labelled:
    """The data set below the folder `data`, in the model's `classes`; images lie in JPEGImages, or below `images`.

    What ImageSets/Main names in val.txt or test.txt was held out. An image without an XML was not labelled and is
    left out. Raises InputError with file and field for whatever does not fit together.
    """
    files = sorted((data / ANNOTATIONS).glob("*.xml"))
    if not files:
        raise InputError(f"{data}: no {ANNOTATIONS}/*.xml: name a Pascal VOC folder, a COCO .json or a data.yaml.")
    rows = {file.stem: _row(file, images or data / IMAGES, classes) for file in files}
    held_out = frozenset(rows[stem]["path"] for stem in _stems(data / SETS) if stem in rows)
    return Labelled(classes, pl.DataFrame(list(rows.values()), schema=ROW), held_out)


def image_name(file: Path) -> str:
    """The name of the image that an XML belongs to; raises InputError where it is none or names no image."""
    return _text(_parsed(file), "filename", str(file))


def _stems(folder: Path) -> list[str]:
    """The first word of each line, which names an image."""
    texts = [(folder / name).read_text(encoding="utf-8") for name in HELD_OUT if (folder / name).is_file()]
    return [line.split()[0] for text in texts for line in text.splitlines() if line.strip()]


def _row(file: Path, folder: Path, classes: Sequence[str]) -> dict[str, Any]:
    root = _parsed(file)
    path = inside(folder, _text(root, "filename", str(file)), f"{file}: filename")
    size = image_size(path)
    boxes = []
    for number, each in enumerate(root.iterfind("object")):
        where = f"{file}: object {number + 1}"
        label = class_of(_text(each, "name", where), classes, f"{where}: name")
        boxes.append(box(label, _corners(each, where), size, f"{where}: bndbox"))
    return row(path, size, boxes)


def _parsed(file: Path) -> Element:
    try:
        root: Element = defusedxml.ElementTree.parse(file).getroot()
    except DefusedXmlException:
        raise InputError(f"{file} declares entities, which are not read: remove its DOCTYPE.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(f"{file} is no XML ({error}): write it anew with the tool that made it.") from None
    return root


def _corners(each: Element, where: str) -> Corners:
    x1, y1, x2, y2 = (_number(each, f"bndbox/{name}", where) for name in ("xmin", "ymin", "xmax", "ymax"))
    return x1 - 1, y1 - 1, x2, y2


def _number(parent: Element, name: str, where: str) -> float:
    text = _text(parent, name, where)
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{where}: {name}: {text!r} is no number.") from None


def _text(parent: Element, name: str, where: str) -> str:
    text = (parent.findtext(name) or "").strip()
    if not text:
        raise InputError(f"{where}: {name} is missing.")
    return text
