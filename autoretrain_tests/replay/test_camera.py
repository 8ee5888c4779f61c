"""The drawn street: the same for a seed, and every box on what it names."""

import csv

import numpy as np
from PIL import Image

from autoretrain_assets.dataset.yolo_import import read_labels, read_yolo
from autoretrain_assets.replay.camera import FRAMES_PER_SCENE, SOURCES, Shoot, draw

SHOOTS = (Shoot("day", "train", "day", 3), Shoot("night", "val", "night", 3), Shoot("rain", "val", "rain", 1))


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_is_the_same_bytes(tmp_path):
    one, two, other = (draw(tmp_path / name, seed, SHOOTS) for name, seed in (("a", 1), ("b", 1), ("c", 2)))

    assert content(one) == content(two)
    assert content(one) != content(other)


def test_boxes_are_inside_and_every_camera_is_used(tmp_path):
    folder = draw(tmp_path, 0, SHOOTS)
    classes, splits = read_yolo(folder / "data.yaml")
    labels = read_labels([path for paths in splits.values() for path in paths], classes)
    rows = list(csv.DictReader((folder / "domains.csv").open()))

    assert labels.height == len(rows) == 7 * FRAMES_PER_SCENE
    assert labels["boxes"].list.len().min() >= 1
    assert {row["source"] for row in rows} == set(SOURCES)
    assert {box["label"] for boxes in labels["boxes"] for box in boxes} == {"car", "bus", "person"}


def test_night_is_dark(tmp_path):
    folder = draw(tmp_path, 0, SHOOTS)

    def light(pattern):
        return np.mean([np.asarray(Image.open(path).convert("L")).mean() for path in folder.rglob(pattern)])

    assert light("night*.jpg") < light("rain*.jpg") < light("day*.jpg") / 2
