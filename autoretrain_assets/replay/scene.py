"""A scene of a street: its camera, what drives and walks on it, and where the camera sees it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Box = NDArray[np.float64]
Point = tuple[float, float]

MOSTLY = 0.4
"""Hidden by this much, a thing is left out: no label should ask for what cannot be seen."""
CLASSES = ("car", "bus", "person")
CAR, BUS, PERSON = range(3)

PAINT = ((196, 40, 44), (44, 92, 180), (232, 232, 226), (54, 56, 62), (226, 178, 52), (60, 132, 84), (150, 156, 164))
BUS_PAINT = ((214, 120, 30), (40, 128, 120), (176, 36, 52))
CLOTHES = ((190, 60, 70), (60, 80, 160), (240, 200, 80), (40, 44, 52), (110, 150, 90), (220, 220, 220))


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the road runs: it narrows from the lower edge to its vanishing point."""

    vanishing: Point
    near: tuple[float, float]
    facades: tuple[tuple[int, int, int], ...]


CAMERAS = (
    Camera((0.50, 0.30), (0.02, 0.98), ((178, 148, 120), (150, 160, 172), (196, 178, 150), (140, 120, 112))),
    Camera((0.30, 0.26), (0.00, 1.02), ((160, 170, 150), (188, 140, 120), (148, 148, 160), (202, 190, 170))),
    Camera((0.68, 0.34), (-0.04, 0.94), ((150, 140, 160), (172, 166, 140), (186, 156, 132), (132, 142, 150))),
)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on the street: `depth` runs from 0 far away to 1 at the lower edge, `lane` from 0 left to 1 right."""

    kind: int
    depth: float
    lane: float
    speed: float
    paint: tuple[int, int, int]
    size: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A few consecutive frames: the same things, moving."""

    camera: Camera
    light: str
    things: tuple[Thing, ...]
    sun: float
    exposure: float
    skyline: tuple[float, ...]
    pan: Point


def new_scene(camera: int, light: str, random: np.random.Generator) -> Scene:
    """A scene of 3 to 6 things; in a crowd the nearer hide the farther, but never by half."""
    count = int(random.integers(3, 7))
    things: list[Thing] = []
    for _ in range(40):
        thing = _new_thing(random)
        if all(abs(thing.depth - other.depth) > 0.09 or abs(thing.lane - other.lane) > 0.3 for other in things):
            things.append(thing)
        if len(things) == count:
            break
    return Scene(
        camera=CAMERAS[camera],
        light=light,
        things=tuple(sorted(things, key=lambda thing: thing.depth)),
        sun=float(random.uniform(-1, 1)),
        exposure=float(random.uniform(0.85, 1.15)),
        skyline=tuple(random.uniform(0.05, 0.26, 6)),
        pan=(float(random.uniform(-0.05, 0.05)), float(random.uniform(-0.04, 0.04))),
    )


def in_sight(scene: Scene, frame: int) -> list[tuple[Thing, Box]]:
    """What the camera sees in this frame, far to near, with its box; what is mostly hidden is not there at all."""
    moved = [replace(thing, depth=thing.depth + thing.speed * frame) for thing in scene.things]
    placed = [
        (thing, _place(thing, scene))
        for thing in sorted(moved, key=lambda thing: thing.depth)
        if 0.02 < thing.depth < 1
    ]
    inside = [(thing, box) for thing, box in placed if box[0] > 0 and box[2] < 1 and box[3] < 1]
    return [
        (thing, box)
        for at, (thing, box) in enumerate(inside)
        if all(_hidden(box, nearer) < MOSTLY for _, nearer in inside[at + 1 :])
    ]


def _new_thing(random: np.random.Generator) -> Thing:
    kind = int(random.choice([CAR, CAR, BUS, PERSON, PERSON]))
    paints = {CAR: PAINT, BUS: BUS_PAINT, PERSON: CLOTHES}[kind]
    pavement = random.choice([-0.10, 1.10]) + random.uniform(-0.05, 0.05)
    road = random.choice([0.27, 0.73]) + random.uniform(-0.06, 0.06)
    return Thing(
        kind=kind,
        depth=float(random.uniform(0.12, 0.86)),
        lane=float(pavement if kind == PERSON and random.uniform() < 0.7 else road),
        speed=float(random.choice([-1, 1]) * random.uniform(0.02, 0.05) * (0.4 if kind == PERSON else 1)),
        paint=paints[int(random.integers(len(paints)))],
        size=float(random.uniform(0.9, 1.12)),
    )


def _hidden(box: Box, nearer: Box) -> float:
    """The part of `box` that `nearer` covers."""
    low, high = np.maximum(box[:2], nearer[:2]), np.minimum(box[2:], nearer[2:])
    return float(np.prod(np.clip(high - low, 0, None)) / np.prod(box[2:] - box[:2]))


def _place(thing: Thing, scene: Scene) -> Box:
    """The thing's box: feet on the road at its depth, and larger the nearer it is."""
    camera, depth = scene.camera, thing.depth**1.25
    horizon = camera.vanishing[1] + scene.pan[1]
    feet = horizon + (1.0 - horizon) * (0.08 + 0.92 * depth)
    left = camera.vanishing[0] + (camera.near[0] - camera.vanishing[0]) * depth
    right = camera.vanishing[0] + (camera.near[1] - camera.vanishing[0]) * depth
    x = left + (right - left) * thing.lane + scene.pan[0]
    height, aspect = {CAR: (0.15, 1.55), BUS: (0.30, 1.05), PERSON: (0.20, 0.40)}[thing.kind]
    height *= thing.size * (0.32 + 0.9 * depth)
    return np.array([x - height * aspect / 2, feet - height, x + height * aspect / 2, feet])
