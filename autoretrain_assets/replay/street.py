"""One street as a fixed camera sees it, by day, by night and in the rain."""

from functools import lru_cache

import cv2
import numpy as np

from autoretrain_assets.replay.paint import DRAW, SCALE, SIZE, Light, Pixels, lamps, shadow, street
from autoretrain_assets.replay.scene import Box, Point, Scene, in_sight


def draw_frame(scene: Scene, frame: int, random: np.random.Generator) -> tuple[Pixels, list[int], Box]:
    """RGB pixels (SIZE, SIZE, 3), the class of every thing in sight, and its box (n, 4) in pixels, xyxy."""
    canvas = street(scene).copy()
    glow = np.zeros((SIZE * SCALE, SIZE * SCALE), dtype=np.float64)
    seen = in_sight(scene, frame)
    for thing, box in seen:
        shadow(canvas, box, scene)
        DRAW[thing.kind](canvas, box, thing.paint)
        lamps(glow, box, thing.kind)
    boxes = np.array([box for _, box in seen], dtype=np.float64).reshape(-1, 4)
    return _lit(canvas, glow, scene, random), [thing.kind for thing, _ in seen], boxes.clip(0, 1) * SIZE


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
