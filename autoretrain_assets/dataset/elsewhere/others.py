"""Data sets in COCO's and Pascal VOC's formats that lie elsewhere: the files with the labels, then their images."""

import posixpath
import re
from collections.abc import Collection, Sequence

from autoretrain_assets.dataset import coco_import, voc_import
from autoretrain_assets.dataset.elsewhere.mirror import Mirror
from autoretrain_assets.dataset.elsewhere.tree import Tree, is_below, joined
from autoretrain_assets.dataset.labelled import Labelled


def read_coco(mirror: Mirror, tree: Tree, data: str, images: str | None, classes: Sequence[str]) -> Labelled:
    """The data set of a COCO file, with the held out one beside it; its images lie below `images`, or beside it."""
    held_out = _held_out(data)
    folder = posixpath.dirname(data) if images is None else images
    folders = {data: folder} | ({held_out: _held_out(folder)} if held_out != data and tree.has_file(held_out) else {})
    mirror.fetch(folders)
    wanted = {path for file, beside in folders.items() for path in _of_coco(mirror, tree, file, {folder, beside})}
    mirror.fetch(path for path in wanted if tree.has_file(path))
    return coco_import.read_coco(mirror.local(data), mirror.local(folder), classes)


def _held_out(path: str) -> str:
    return joined(posixpath.dirname(path), coco_import.held_out_name(posixpath.basename(path)))


def _of_coco(mirror: Mirror, tree: Tree, file: str, folders: Collection[str]) -> set[str]:
    """Where each image of a file may lie: it is read from the first of these that has it."""
    named = re.compile(coco_import.folder_names(mirror.local(file)))
    below = {path for folder in folders for path in tree.folders(folder) if named.fullmatch(_within(folder, path))}
    names = coco_import.image_names(mirror.local(file))
    return {joined(place, name) for place in {*folders, *below} for name in names}


def _within(folder: str, path: str) -> str:
    return path.removeprefix(folder).lstrip("/")


def read_voc(mirror: Mirror, tree: Tree, data: str, images: str | None, classes: Sequence[str]) -> Labelled:
    """The data set of a Pascal VOC folder; its images lie below `images`, or in its JPEGImages."""
    labels = annotations(tree, data)
    held_out = [joined(data, str(voc_import.SETS / name)) for name in voc_import.HELD_OUT]
    mirror.fetch([*labels, *filter(tree.has_file, held_out)])
    folder = joined(data, voc_import.IMAGES) if images is None else images
    named = {joined(folder, voc_import.image_name(mirror.local(path))) for path in labels}
    mirror.fetch(path for path in named if is_below(path, folder) and tree.has_file(path))
    return voc_import.read_voc(mirror.local(data), mirror.local(folder), classes)


def annotations(tree: Tree, folder: str) -> list[str]:
    """The XML files of a Pascal VOC folder; none where it is not one."""
    below = joined(folder, voc_import.ANNOTATIONS)
    return [path for path in tree.files(below) if posixpath.dirname(path) == below and path.endswith(".xml")]
