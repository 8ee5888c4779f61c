"""Draw a small world offline: three street cameras, day and night, cars, buses and persons.

It is a labelled YOLO dataset with a domains.csv, so that the demo is a replay like any other.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from autoretrain_assets.boxes import to_yolo
from autoretrain_assets.files import write_text
from autoretrain_assets.replay.paint import SIZE
from autoretrain_assets.replay.scene import CLASSES, Scene, new_scene
from autoretrain_assets.replay.street import draw_frame

FRAMES_PER_SCENE = 3
SOURCES = ("bridge", "corner", "market")


@dataclass(frozen=True, slots=True)
class Shoot:
    """So many scenes of a domain, under its light."""

    domain: str
    split: str
    light: str
    scenes: int


SHOOTS = (
    Shoot("day", "train", "day", 60),
    Shoot("day", "val", "day", 14),
    Shoot("night", "train", "night", 54),
    Shoot("night", "val", "night", 14),
    Shoot("rain", "train", "rain", 40),
    Shoot("rain", "val", "rain", 14),
)


def draw(target: Path, seed: int, shoots: Sequence[Shoot] = SHOOTS) -> Path:
    """Draw the whole world below `target`; the same seed gives the same bytes. Returns `target`."""
    for shoot in shoots:
        for kind in ("images", "labels"):
            (target / kind / shoot.split).mkdir(parents=True, exist_ok=True)
    rows = [row for number, shoot in enumerate(shoots) for row in _shoot(target, shoot, [seed, number])]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["image", "domain", "split", "group", "source"])
    writer.writerows(rows)
    write_text(target / "domains.csv", text.getvalue())
    names = "".join(f"  {index}: {name}\n" for index, name in enumerate(CLASSES))
    write_text(target / "data.yaml", f"train: images/train\nval: images/val\nnames:\n{names}")
    return target


def _shoot(target: Path, shoot: Shoot, seed: list[int]) -> Iterator[tuple[str, str, str, str, str]]:
    random = np.random.default_rng(seed)
    for number in range(shoot.scenes):
        camera = number % len(SOURCES)
        scene = new_scene(camera, shoot.light, random)
        for frame in range(FRAMES_PER_SCENE):
            name = f"images/{shoot.split}/{shoot.domain}_{number:03d}_{frame}.jpg"
            _write(target, name, scene, frame, random)
            yield name, shoot.domain, shoot.split, f"{shoot.domain}-{shoot.split}-{number:03d}", SOURCES[camera]


def _write(target: Path, name: str, scene: Scene, frame: int, random: np.random.Generator) -> None:
    pixels, labels, boxes = draw_frame(scene, frame, random)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=92)
    (target / name).write_bytes(buffer.getvalue())
    centres = to_yolo(boxes, SIZE, SIZE)
    lines = [
        f"{label} " + " ".join(f"{value:.6f}" for value in row) for label, row in zip(labels, centres, strict=True)
    ]
    (target / name.replace("images/", "labels/")).with_suffix(".txt").write_text("\n".join(lines) + "\n")
