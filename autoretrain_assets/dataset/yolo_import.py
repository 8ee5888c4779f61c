"""Read a labelled data set in YOLO format: data.yaml, images, and a text file of boxes beside each."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, TypeVar

import numpy as np
import polars as pl
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from autoretrain_assets.boxes import from_yolo
from autoretrain_assets.dataset.labelled import ROW, SLACK, image_size
from autoretrain_assets.errors import InputError
from autoretrain_assets.schema import BOX

AnyPath = TypeVar("AnyPath", bound=PurePath)
SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}
CORNERS = 4
SPLITS = ("train", "val", "test")
MAX_BYTES = 4 << 20
"""Of a data.yaml."""


def read_yolo(data: Path) -> tuple[list[str], dict[str, list[Path]]]:
    """The classes and each split's images of a data.yaml; nothing that it would have downloaded is."""
    document = read_document(data)
    classes = class_names(document, data)
    root = data.parent / str(document.get("path") or ".")
    images = {split: _images(root, document[split], data) for split in SPLITS if document.get(split)}
    if not any(images.values()):
        raise InputError(f"{data}: none of train, val and test names an image.")
    return classes, images


def read_labels(images: Sequence[Path], classes: Sequence[str]) -> pl.DataFrame:
    """One row an image: path, width, height, boxes (schema.BOXES, pixels); an image without a label file has none."""
    rows = [_row(path, classes) for path in images]
    return pl.DataFrame(rows, schema=ROW)


def label_path(image: AnyPath) -> AnyPath:
    """Where the boxes of an image stand: the last `images` of its path is `labels` there."""
    parts = list(image.parts)
    at = len(parts) - 1 - parts[::-1].index("images") if "images" in parts else None
    if at is not None:
        parts[at] = "labels"
    return type(image)(*parts).with_suffix(".txt")


def read_document(data: Path) -> dict[str, Any]:
    """A data.yaml as it stands; raises InputError where it is none, or what is read of it is in lists of lists."""
    try:
        if data.stat().st_size > MAX_BYTES:
            raise InputError(f"{data} is larger than {MAX_BYTES} bytes: it cannot be a data.yaml.")
        document = YAML(typ="safe").load(data)
    except FileNotFoundError:
        raise InputError(f"{data} does not exist: name the data.yaml of a YOLO data set.") from None
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{data}{line}: it is not YAML: {error.problem}") from None
    except (YAMLError, ValueError, OSError, RecursionError) as error:
        raise InputError(f"{data} is not YAML: {str(error).splitlines()[0]}") from None
    if not isinstance(document, dict):
        raise InputError(f"{data}: it must hold train, val and names.")
    for key in ("path", *SPLITS, "names"):
        _check_flat(document.get(key), f"{data}: {key}")
    return document


def class_names(document: Mapping[str, Any], data: Path) -> list[str]:
    """The names in the order of their numbers. A number left out would shift every class after it, so none may be."""
    names = document.get("names")
    if isinstance(names, dict):
        by_number = {str(number): name for number, name in names.items()}
        numbers = [str(number) for number in range(len(by_number))]
        if set(by_number) != set(numbers):
            raise InputError(f"{data}: names: number the classes from 0 without a gap; it has {', '.join(by_number)}.")
        names = [by_number[number] for number in numbers]
    if not isinstance(names, list) or not names or len({str(name) for name in names}) != len(names):
        raise InputError(f"{data}: names: list the classes, each once.")
    return [str(name) for name in names]


def _check_flat(value: object, where: str) -> None:
    # Written as text, a few aliases in lists of lists are more than any memory holds.
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    if any(isinstance(part, Collection) and not isinstance(part, str) for part in parts):
        raise InputError(f"{where}: write one name or path, or a list of them; there is a list in a list.")


def read_lines(file: Path) -> list[tuple[int, str]]:
    """The lines of a text that say something, each with its number; raises InputError where it is no text."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{file} is not plain text: save it as UTF-8.") from None
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]


def _images(root: Path, entry: Any, data: Path) -> list[Path]:
    found: list[Path] = []
    for part in entry if isinstance(entry, list) else [entry]:
        place = root / str(part)
        if place.is_dir():
            found += sorted(path for path in place.rglob("*") if path.suffix.lower() in SUFFIXES)
        elif place.suffix == ".txt" and place.is_file():
            lines = [line for _, line in read_lines(place)]
            found += [place.parent / line if line.startswith("./") else root / line for line in lines]
        else:
            raise InputError(f"{data}: {part} is neither a folder nor a list of images below {root}.")
    missing = next((path for path in found if not path.is_file()), None)
    if missing is not None:
        raise InputError(f"{data}: the image {missing} does not exist.")
    return [path.absolute() for path in dict.fromkeys(found)]


def _row(path: Path, classes: Sequence[str]) -> dict[str, Any]:
    width, height = image_size(path)
    return {"path": str(path), "width": width, "height": height, "boxes": _boxes(path, width, height, classes)}


def _boxes(image: Path, width: int, height: int, classes: Sequence[str]) -> list[dict[str, Any]]:
    file = label_path(image)
    if not file.is_file():
        return []
    parsed = list(
        dict.fromkeys(_line(line, f"{file}, line {number}", len(classes)) for number, line in read_lines(file))
    )
    if not parsed:
        return []
    corners = from_yolo(np.array([centre for _, centre in parsed]), width, height)
    clipped = np.clip(corners, 0, [width, height, width, height])
    return [
        dict(zip((field.name for field in BOX.fields), (classes[index], *map(float, corner), None), strict=True))
        for (index, _), corner in zip(parsed, clipped, strict=True)
    ]


def _line(line: str, where: str, classes: int) -> tuple[int, tuple[float, ...]]:
    """The class and the centre box of a line; a polygon is its bounding box."""
    try:
        index, *numbers = (float(part) for part in line.split())
    except ValueError:
        raise InputError(f"{where}: not numbers.") from None
    if not index.is_integer() or not 0 <= index < classes:
        raise InputError(f"{where}: class {index:g} is not one of the {classes} in names.")
    # before a polygon becomes a box: the box of a corner far outside can still have a centre and a size within
    if not all(-SLACK <= number <= 1 + SLACK for number in numbers):
        raise InputError(f"{where}: coordinates are parts of the image, from 0 to 1.")
    if len(numbers) > CORNERS and len(numbers) % 2 == 0:
        x, y = numbers[::2], numbers[1::2]
        numbers = [(min(x) + max(x)) / 2, (min(y) + max(y)) / 2, max(x) - min(x), max(y) - min(y)]
    if len(numbers) != CORNERS:
        raise InputError(f"{where}: a box is a class and four numbers.")
    centre, size = numbers[:2], numbers[2:]
    if min(size) <= 0 or any(abs(at - 0.5) >= 0.5 + side / 2 for at, side in zip(centre, size, strict=True)):
        raise InputError(f"{where}: the box has no area inside the image; give it one, or delete the line.")
    return int(index), tuple(numbers)
