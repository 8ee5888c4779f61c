"""One street as a fixed camera sees it: its geometry, what drives and walks on it, and its light."""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Light = NDArray[np.float64]
Point = tuple[float, float]

SIZE = 160
"""Pixels a side; every point below is in units of this."""
SCALE = 4
"""Drawn larger and shrunk, for smooth edges."""
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


def draw_frame(scene: Scene, frame: int, random: np.random.Generator) -> tuple[Pixels, list[int], Light]:
    """RGB pixels (SIZE, SIZE, 3), the class of every thing in sight, and its box (n, 4) in pixels, xyxy."""
    canvas = _street(scene)
    glow = np.zeros((SIZE * SCALE, SIZE * SCALE), dtype=np.float64)
    seen = _in_sight(scene, frame)
    for thing, box in seen:
        _shadow(canvas, box, scene)
        _DRAW[thing.kind](canvas, box, thing.paint)
        _lamps(glow, box, thing.kind)
    boxes = np.array([box for _, box in seen], dtype=np.float64).reshape(-1, 4)
    return _lit(canvas, glow, scene, random), [thing.kind for thing, _ in seen], boxes.clip(0, 1) * SIZE


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


def _in_sight(scene: Scene, frame: int) -> list[tuple[Thing, Light]]:
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


def _hidden(box: Light, nearer: Light) -> float:
    """The part of `box` that `nearer` covers."""
    low, high = np.maximum(box[:2], nearer[:2]), np.minimum(box[2:], nearer[2:])
    return float(np.prod(np.clip(high - low, 0, None)) / np.prod(box[2:] - box[:2]))


def _place(thing: Thing, scene: Scene) -> Light:
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


def _street(scene: Scene) -> Pixels:
    camera = scene.camera
    canvas: Pixels = np.zeros((SIZE * SCALE, SIZE * SCALE, 3), dtype=np.uint8)
    x, horizon = camera.vanishing[0] + scene.pan[0], camera.vanishing[1] + scene.pan[1]
    for row in range(_px(horizon) + 1):
        fade = row / max(1, _px(horizon))
        canvas[row] = (np.array([118, 170, 220]) * (1 - fade) + np.array([214, 226, 236]) * fade).astype(np.uint8)
    canvas[_px(horizon) :] = (126, 124, 118)
    for number, height in enumerate(scene.skyline):
        _building(canvas, number, height, camera.facades[number % 4], horizon)
    near = [camera.near[0] + scene.pan[0], camera.near[1] + scene.pan[0]]
    _polygon(canvas, [(x - 0.02, horizon), (x + 0.02, horizon), (near[1], 1.0), (near[0], 1.0)], (82, 84, 90))
    for step in range(7):
        far, close = (step / 7) ** 1.6, ((step + 0.5) / 7) ** 1.6
        middle = (near[0] + near[1]) / 2
        points = [(x + (middle - x) * depth, horizon + (1 - horizon) * depth) for depth in (far, close)]
        cv2.line(
            canvas, _at(points[0]), _at(points[1]), (228, 224, 206), max(1, round(SCALE * 2.6 * close)), cv2.LINE_AA
        )
    return canvas


def _building(canvas: Pixels, number: int, height: float, facade: tuple[int, int, int], horizon: float) -> None:
    left, right, top = number / 6, (number + 1) / 6 + 0.004, horizon - height
    _polygon(canvas, [(left, top), (right, top), (right, horizon), (left, horizon)], facade)
    window = tuple(int(value * 0.66) for value in facade)
    for column in range(3):
        for row in range(int(height / 0.05)):
            x, y = left + 0.022 + column * 0.048, top + 0.014 + row * 0.05
            _polygon(canvas, [(x, y), (x + 0.022, y), (x + 0.022, y + 0.026), (x, y + 0.026)], window)


def _draw_car(canvas: Pixels, box: Light, paint: tuple[int, int, int]) -> None:
    _part(canvas, box, (0.0, 0.42, 1.0, 0.88), paint)
    _part(canvas, box, (0.16, 0.0, 0.84, 0.5), tuple(int(value * 0.82) for value in paint))
    _part(canvas, box, (0.22, 0.08, 0.78, 0.40), (58, 74, 92))
    for x in (0.2, 0.8):
        _disc(canvas, box, (x, 0.86), 0.14, (28, 28, 30))


def _draw_bus(canvas: Pixels, box: Light, paint: tuple[int, int, int]) -> None:
    _part(canvas, box, (0.0, 0.0, 1.0, 0.93), paint)
    _part(canvas, box, (0.0, 0.0, 1.0, 0.08), (240, 238, 230))
    for column in range(4):
        _part(canvas, box, (0.06 + column * 0.235, 0.16, 0.23 + column * 0.235, 0.46), (62, 80, 100))
    _part(canvas, box, (0.0, 0.62, 1.0, 0.68), (244, 240, 226))
    for x in (0.2, 0.8):
        _disc(canvas, box, (x, 0.92), 0.08, (28, 28, 30))


def _draw_person(canvas: Pixels, box: Light, paint: tuple[int, int, int]) -> None:
    _part(canvas, box, (0.22, 0.58, 0.44, 1.0), (46, 50, 66))
    _part(canvas, box, (0.56, 0.58, 0.78, 1.0), (46, 50, 66))
    _part(canvas, box, (0.08, 0.24, 0.92, 0.64), paint)
    _disc(canvas, box, (0.5, 0.13), 0.125, (224, 182, 150))


_DRAW = {CAR: _draw_car, BUS: _draw_bus, PERSON: _draw_person}


def _shadow(canvas: Pixels, box: Light, scene: Scene) -> None:
    if scene.light != "day":
        return
    width, height = box[2] - box[0], box[3] - box[1]
    centre = ((box[0] + box[2]) / 2 + scene.sun * width * 0.35, box[3])
    overlay = canvas.copy()
    axes = (_px(width * 0.62), max(1, _px(height * 0.10)))
    cv2.ellipse(overlay, _at(centre), axes, 0, 0, 360, (40, 42, 50), -1, cv2.LINE_AA)
    cv2.addWeighted(overlay, 0.5, canvas, 0.5, 0, dst=canvas)


def _lamps(glow: Light, box: Light, kind: int) -> None:
    """Headlights, as an addition of light; what stands in front hides those behind it, and people carry none."""
    (left, top), (right, low) = _at((box[0], box[1])), _at((box[2], box[3]))
    glow[max(0, top) : low, max(0, left) : right] = 0
    if kind == PERSON:
        return
    height = 0.70 if kind == CAR else 0.84
    for x in (0.12, 0.88):
        centre = _at(_within(box, (x, height)))
        cv2.circle(glow, centre, max(2, _px((box[2] - box[0]) * 0.09)), 1.0, -1, cv2.LINE_AA)


def _lit(canvas: Pixels, glow: Light, scene: Scene, random: np.random.Generator) -> Pixels:
    """Shrink to size under the scene's light, with a sensor's noise."""
    small = cv2.resize(canvas, (SIZE, SIZE), interpolation=cv2.INTER_AREA).astype(np.float64)
    if scene.light == "day":
        light = small * scene.exposure + 14 * scene.sun
        noise = 3.0
    else:
        light = _dark(small, glow, scene)
        noise = 7.0
    pixels: Pixels = np.clip(light + random.normal(0, noise, small.shape), 0, 255).astype(np.uint8)
    if scene.light == "rain":
        for _ in range(60):
            x, y = random.integers(0, SIZE, 2)
            cv2.line(pixels, (int(x), int(y)), (int(x) - 2, int(y) + 7), (96, 104, 120), 1, cv2.LINE_AA)
    return pixels


def _dark(small: Light, glow: Light, scene: Scene) -> Light:
    """Moonlight, street lamps above the pavements, and headlights that bloom."""
    tint = np.array([0.13, 0.16, 0.25]) if scene.light == "night" else np.array([0.24, 0.26, 0.31])
    lamps = _lamp_light(scene.camera.vanishing)[..., None] * np.array([0.30, 0.25, 0.15])
    heads = cv2.resize(glow, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    bloom = heads + 0.6 * cv2.GaussianBlur(heads, (0, 0), 4)
    lit: Light = small * (tint + lamps) * scene.exposure + bloom[..., None] * np.array([250, 240, 205]) + 6
    return lit


@lru_cache(maxsize=8)
def _lamp_light(vanishing: Point) -> Light:
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    pools = [
        (vanishing[0] + side * (depth + 0.05) * 0.6, vanishing[1] + depth * 0.62)
        for side in (-1, 1)
        for depth in (0.15, 0.5, 0.95)
    ]
    light: Light = sum(np.exp(-(((x - px) ** 2) / 0.02 + ((y - py) ** 2) / 0.03)) for px, py in pools)
    return light


def _part(canvas: Pixels, box: Light, inside: tuple[float, float, float, float], paint: tuple[int, ...]) -> None:
    low, high = _within(box, inside[:2]), _within(box, inside[2:])
    cv2.rectangle(canvas, _at(low), _at(high), paint, -1, cv2.LINE_AA)


def _disc(canvas: Pixels, box: Light, centre: Point, radius: float, paint: tuple[int, ...]) -> None:
    cv2.circle(canvas, _at(_within(box, centre)), max(1, _px(radius * (box[3] - box[1]))), paint, -1, cv2.LINE_AA)


def _polygon(canvas: Pixels, points: list[Point], paint: tuple[int, ...]) -> None:
    cv2.fillPoly(canvas, [np.array([_at(point) for point in points], dtype=np.int32)], paint, cv2.LINE_AA)


def _within(box: Light, inside: Point | tuple[float, ...]) -> Point:
    return (float(box[0] + inside[0] * (box[2] - box[0])), float(box[1] + inside[1] * (box[3] - box[1])))


def _at(point: Point) -> tuple[int, int]:
    return _px(point[0]), _px(point[1])


def _px(value: float) -> int:
    return round(value * SIZE * SCALE)
