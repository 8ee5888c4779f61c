"""Which format the data is in, and its images."""

import posixpath
from collections.abc import Sequence

import polars as pl

from autoretrain_assets.dataset.elsewhere import others, yolo
from autoretrain_assets.dataset.elsewhere.mirror import Mirror
from autoretrain_assets.dataset.elsewhere.tree import Tree, joined
from autoretrain_assets.dataset.labelled import Labelled
from autoretrain_assets.dataset.owners import as_first_images
from autoretrain_assets.errors import InputError

DATA_YAML = "data.yaml"


def read(
    mirror: Mirror, path: str, images: str | None, classes: Sequence[str]
) -> tuple[list[str], pl.DataFrame, list[str]]:
    """The classes, the first images of a home (as of `owners_data`), and what was understood in another way.

    `path` is a YOLO data.yaml, a COCO .json, a Pascal VOC folder, or a folder with a data.yaml; `images` the folder
    of the images, for the two that do not name it. Raises InputError for whatever is not there or does not fit.
    """
    tree = Tree(mirror.remote)
    data = _data(mirror, tree, path)
    found, said = _read(mirror, tree, data, images, classes)
    return list(found.classes), as_first_images(found, mirror.said(data)), said


def _read(
    mirror: Mirror, tree: Tree, data: str, images: str | None, classes: Sequence[str]
) -> tuple[Labelled, list[str]]:
    if data.endswith(".json"):
        return others.read_coco(mirror, tree, data, images, classes), []
    if not data.endswith((".yaml", ".yml")):
        return others.read_voc(mirror, tree, data, images, classes), []
    if images is not None:
        raise InputError(f"--images is for COCO and Pascal VOC: {mirror.said(data)} names its images itself.")
    found, taken = yolo.read(mirror, tree, data)
    here = mirror.said(posixpath.dirname(data))
    return found, [f"{data} names files of {folder}/: here that is {here}" for folder in taken]


def _data(mirror: Mirror, tree: Tree, path: str) -> str:
    """The file or folder that tells the labels."""
    if path.endswith((".json", ".yaml", ".yml")) and tree.has_file(path):
        return path
    if tree.has_file(found := joined(path, DATA_YAML)):
        return found
    if others.annotations(tree, path):
        return path
    if not (tree.has_file(path) or tree.has_folder(path)):
        raise InputError(f"{mirror.said(path)} is not there: name what is; what was uploaded must be committed first.")
    near = [each for each in tree.files(path) if each.endswith((".json", ".yaml", ".yml"))]
    raise InputError(
        f"{mirror.said(path)} is no data.yaml, COCO .json or Pascal VOC folder, and no folder with a data.yaml: "
        f"name one of these{f', such as {near[0]}' if near else ''}."
    )
