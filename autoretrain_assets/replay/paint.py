"""Paint a street and what is on it: RGB on a canvas that is larger than the image, for smooth edges."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from autoretrain_assets.replay.scene import BUS, CAR, PERSON, Box, Point, Scene

Pixels = NDArray[np.uint8]
Light = NDArray[np.float64]

SIZE = 160
"""Pixels a side; every point below is in units of this."""
SCALE = 4
"""Drawn larger and shrunk, for smooth edges."""


@lru_cache(maxsize=1)
def street(scene: Scene) -> Pixels:
    """What stands still in a scene; paint on a copy."""
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


def shadow(canvas: Pixels, box: Box, scene: Scene) -> None:
    if scene.light != "day":
        return
    width, height = box[2] - box[0], box[3] - box[1]
    centre = ((box[0] + box[2]) / 2 + scene.sun * width * 0.35, box[3])
    overlay = canvas.copy()
    axes = (_px(width * 0.62), max(1, _px(height * 0.10)))
    cv2.ellipse(overlay, _at(centre), axes, 0, 0, 360, (40, 42, 50), -1, cv2.LINE_AA)
    cv2.addWeighted(overlay, 0.5, canvas, 0.5, 0, dst=canvas)


def lamps(glow: Light, box: Box, kind: int) -> None:
    """Headlights, as an addition of light; what stands in front hides those behind it, and people carry none."""
    (left, top), (right, low) = _at((box[0], box[1])), _at((box[2], box[3]))
    glow[max(0, top) : low, max(0, left) : right] = 0
    if kind == PERSON:
        return
    height = 0.70 if kind == CAR else 0.84
    for x in (0.12, 0.88):
        centre = _at(_within(box, (x, height)))
        cv2.circle(glow, centre, max(2, _px((box[2] - box[0]) * 0.09)), 1.0, -1, cv2.LINE_AA)


def _building(canvas: Pixels, number: int, height: float, facade: tuple[int, int, int], horizon: float) -> None:
    left, right, top = number / 6, (number + 1) / 6 + 0.004, horizon - height
    _polygon(canvas, [(left, top), (right, top), (right, horizon), (left, horizon)], facade)
    window = tuple(int(value * 0.66) for value in facade)
    for column in range(3):
        for row in range(int(height / 0.05)):
            x, y = left + 0.022 + column * 0.048, top + 0.014 + row * 0.05
            _polygon(canvas, [(x, y), (x + 0.022, y), (x + 0.022, y + 0.026), (x, y + 0.026)], window)


def _draw_car(canvas: Pixels, box: Box, paint: tuple[int, int, int]) -> None:
    _part(canvas, box, (0.0, 0.42, 1.0, 0.88), paint)
    _part(canvas, box, (0.16, 0.0, 0.84, 0.5), tuple(int(value * 0.82) for value in paint))
    _part(canvas, box, (0.22, 0.08, 0.78, 0.40), (58, 74, 92))
    for x in (0.2, 0.8):
        _disc(canvas, box, (x, 0.86), 0.14, (28, 28, 30))


def _draw_bus(canvas: Pixels, box: Box, paint: tuple[int, int, int]) -> None:
    _part(canvas, box, (0.0, 0.0, 1.0, 0.93), paint)
    _part(canvas, box, (0.0, 0.0, 1.0, 0.08), (240, 238, 230))
    for column in range(4):
        _part(canvas, box, (0.06 + column * 0.235, 0.16, 0.23 + column * 0.235, 0.46), (62, 80, 100))
    _part(canvas, box, (0.0, 0.62, 1.0, 0.68), (244, 240, 226))
    for x in (0.2, 0.8):
        _disc(canvas, box, (x, 0.92), 0.08, (28, 28, 30))


def _draw_person(canvas: Pixels, box: Box, paint: tuple[int, int, int]) -> None:
    _part(canvas, box, (0.22, 0.58, 0.44, 1.0), (46, 50, 66))
    _part(canvas, box, (0.56, 0.58, 0.78, 1.0), (46, 50, 66))
    _part(canvas, box, (0.08, 0.24, 0.92, 0.64), paint)
    _disc(canvas, box, (0.5, 0.13), 0.125, (224, 182, 150))


DRAW = {CAR: _draw_car, BUS: _draw_bus, PERSON: _draw_person}


def _part(canvas: Pixels, box: Box, inside: tuple[float, float, float, float], paint: tuple[int, ...]) -> None:
    low, high = _within(box, inside[:2]), _within(box, inside[2:])
    cv2.rectangle(canvas, _at(low), _at(high), paint, -1, cv2.LINE_AA)


def _disc(canvas: Pixels, box: Box, centre: Point, radius: float, paint: tuple[int, ...]) -> None:
    cv2.circle(canvas, _at(_within(box, centre)), max(1, _px(radius * (box[3] - box[1]))), paint, -1, cv2.LINE_AA)


def _polygon(canvas: Pixels, points: list[Point], paint: tuple[int, ...]) -> None:
    cv2.fillPoly(canvas, [np.array([_at(point) for point in points], dtype=np.int32)], paint, cv2.LINE_AA)


def _within(box: Box, inside: Point | tuple[float, ...]) -> Point:
    return (float(box[0] + inside[0] * (box[2] - box[0])), float(box[1] + inside[1] * (box[3] - box[1])))


def _at(point: Point) -> tuple[int, int]:
    return _px(point[0]), _px(point[1])


def _px(value: float) -> int:
    return round(value * SIZE * SCALE)
