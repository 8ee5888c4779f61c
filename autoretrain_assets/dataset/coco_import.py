"""Read a labelled data set in COCO's format: one JSON of images, categories and boxes, and a folder of images.

pydantic reads it. The converters that are on PyPI read a broken file too, and say nothing or a bare KeyError: a box
of an unknown image, a file that is not there or a box outside would become a model's truth.
"""

import codecs
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from autoretrain_assets.dataset.labelled import ROW, Labelled, box, class_of, image_size, inside, row
from autoretrain_assets.errors import InputError

TRAIN, VAL = "train", "val"
_YEAR = "20[0-9][0-9]"
"""COCO's own folders are called as the split and its year."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class _Image(_Part):
    id: int
    file_name: str
    width: int | None = None
    height: int | None = None


class _Category(_Part):
    id: int
    name: str


class _Annotation(_Part):
    image_id: int
    category_id: int
    bbox: Annotated[list[FiniteFloat], Field(min_length=4, max_length=4)]
    iscrowd: int = 0


class _Document(_Part):
    images: list[_Image]
    categories: list[_Category]
    annotations: list[_Annotation]


def read_coco(data: Path, images: Path | None, classes: Sequence[str]) -> Labelled:
    """The data set of an `instances_*.json`, in the model's `classes`; its images lie below `images`, or beside it.

    There they may lie in a folder that is called as the split, such as `train2017`. Where the file's name says
    `train` and there is the same with `val` beside it, that one is what was held out. A crowd is no object and is
    left out. Raises InputError with file and field for whatever does not fit together.
    """
    held_out = data.with_name(held_out_name(data.name))
    folder = images or data.parent
    rows = _rows(data, folder, classes)
    sealed = _rows(held_out, folder, classes) if held_out != data and held_out.is_file() else []
    table = pl.DataFrame(rows + sealed, schema=ROW).unique("path", keep="last", maintain_order=True)
    return Labelled(classes, table, frozenset(one["path"] for one in sealed))


def held_out_name(name: str) -> str:
    """What the file or folder of the held out images is called beside that of the others; the same where none is."""
    return name.replace(TRAIN, VAL)


def image_names(data: Path) -> list[str]:
    """The images' names as a COCO file has them; raises InputError where it is none."""
    return [image.file_name for image in _document(data).images]


def folder_names(data: Path) -> str:
    """A pattern of the folders that the images of `data` may lie in, below the folder of all."""
    split = re.escape(_split(data))
    return rf"(images/)?{split}({_YEAR})?"


def _rows(data: Path, folder: Path, classes: Sequence[str]) -> list[dict[str, Any]]:
    document = _document(data)
    names = {one.id: one.name for one in document.categories}
    known = {one.id for one in document.images}
    if len(known) < len(document.images):
        raise InputError(f"{data}: images: an id stands twice: give each image its own.")
    drawn: dict[int, list[tuple[str, _Annotation]]] = defaultdict(list)
    for number, one in enumerate(document.annotations):
        where = f"{data}: annotations.{number}"
        if one.image_id not in known:
            raise InputError(f"{where}.image_id: there is no image {one.image_id}: add it, or delete the box.")
        if one.category_id not in names:
            raise InputError(f"{where}.category_id: there is no category {one.category_id}: add it to categories.")
        if not one.iscrowd:
            drawn[one.image_id].append((where, one))
    folders = _folders(folder, _split(data))
    return [
        _row(f"{data}: images.{number}", image, folders, drawn[image.id], names, classes)
        for number, image in enumerate(document.images)
    ]


def _split(data: Path) -> str:
    return data.stem.rpartition("_")[2]


def _folders(folder: Path, split: str) -> Sequence[Path]:
    """Where images of `instances_<split>.json` may lie: those of a split first, as splits may use the same names."""
    places = (folder, folder / "images")
    named = [path for place in places for path in (place / split, *sorted(place.glob(f"{split}{_YEAR}")))]
    is_twin = split.startswith(VAL) and folder.name.startswith(TRAIN)
    return [*named, *([folder.with_name(held_out_name(folder.name))] if is_twin else []), folder]


def _home_of(name: str, folders: Sequence[Path]) -> Path:
    return next((folder for folder in folders if (folder / name).is_file()), folders[-1])


def _document(data: Path) -> _Document:
    try:
        return _Document.model_validate_json(data.read_bytes().removeprefix(codecs.BOM_UTF8))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{data}: {field}: {first['msg']}: it is no COCO file of boxes as it stands.") from None


def _row(
    place: str,
    image: _Image,
    folders: Sequence[Path],
    drawn: Sequence[tuple[str, _Annotation]],
    names: dict[int, str],
    classes: Sequence[str],
) -> dict[str, Any]:
    path = inside(_home_of(image.file_name, folders), image.file_name, f"{place}.file_name")
    size = image_size(path)
    if None not in {image.width, image.height} and (image.width, image.height) != size:
        raise InputError(
            f"{place}.width: it says {image.width} x {image.height}, {path} has {size[0]} x {size[1]} "
            "as it is shown: the boxes would be elsewhere; label the image as it is."
        )
    boxes = []
    for where, one in drawn:
        label = class_of(names[one.category_id], classes, f"{where}.category_id")
        x, y, width, height = one.bbox
        boxes.append(box(label, (x, y, x + width, y + height), size, f"{where}.bbox"))
    return row(path, size, boxes)
