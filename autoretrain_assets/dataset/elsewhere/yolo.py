"""A data set in YOLO format that lies elsewhere: the images that its data.yaml names, and their labels."""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from autoretrain_assets.dataset.elsewhere.mirror import Mirror
from autoretrain_assets.dataset.elsewhere.moved import Moved
from autoretrain_assets.dataset.elsewhere.tree import Tree
from autoretrain_assets.dataset.labelled import Labelled
from autoretrain_assets.dataset.yolo_import import (
    SPLITS,
    SUFFIXES,
    class_names,
    label_path,
    read_document,
    read_labels,
    read_lines,
)
from autoretrain_assets.errors import InputError

HELD_OUT = ("val", "test")


def read(mirror: Mirror, tree: Tree, data: str) -> tuple[Labelled, list[str]]:
    """The data set of a data.yaml, and the folders of another machine that its own was taken for."""
    mirror.fetch([data])
    document = read_document(mirror.local(data))
    classes = class_names(document, mirror.local(data))
    named = _Named(mirror, tree, data, document)
    images = {split: list(named.images(document[split])) for split in SPLITS if document.get(split)}
    if not any(images.values()):
        raise InputError(f"{mirror.said(data)}: none of train, val and test names an image.")
    every = sorted({path for paths in images.values() for path in paths})
    mirror.fetch_to(_wanted(mirror, tree, every))
    table = read_labels([mirror.local(path) for path in every], classes)
    held_out = frozenset(str(mirror.local(path)) for split in HELD_OUT for path in images.get(split, ()))
    return Labelled(classes, table, held_out), named.moved.taken


class _Named:
    """What the entries of a data.yaml mean."""

    def __init__(self, mirror: Mirror, tree: Tree, data: str, document: Mapping[str, Any]) -> None:
        self._mirror, self._tree, self._data = mirror, tree, data
        self.moved = Moved(tree, posixpath.dirname(data))
        self._base = self.moved.base(str(document.get("path") or "."))

    def images(self, entry: Any) -> Iterator[str]:
        """The images of train, val or test; raises InputError where one is not there."""
        for part in map(str, entry if isinstance(entry, list) else [entry]):
            place = self.moved.found(self._base, part)
            if place.endswith(".txt") and self._tree.has_file(place):
                yield from self._listed(place)
            elif found := [path for path in self._tree.files(place) if PurePosixPath(path).suffix.lower() in SUFFIXES]:
                yield from found
            else:
                raise InputError(f"{self._mirror.said(self._data)}: {part} is neither a folder nor a list of images.")

    def _listed(self, place: str) -> Iterator[str]:
        self._mirror.fetch([place])
        beside = posixpath.dirname(place)
        for number, line in read_lines(self._mirror.local(place)):
            path = self.moved.found(beside if line.startswith("./") else self._base, line)
            if not self._tree.has_file(path):
                raise InputError(f"{self._mirror.said(place)}, line {number}: the image {line} is not there.")
            yield path


def _wanted(mirror: Mirror, tree: Tree, images: list[str]) -> Mapping[Path, str]:
    """The files to bring, by where they are read here: of the labels only those that are there."""
    wanted = {mirror.local(path): path for path in images}
    labels = {label_path(mirror.local(path)): label_path(PurePosixPath(path)).as_posix() for path in images}
    return wanted | {local: path for local, path in labels.items() if tree.has_file(path)}
