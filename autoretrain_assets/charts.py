"""Training curves as a picture: small, without a plotting library's seconds of start."""

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont

from autoretrain_assets.pictures import INK, MAT, PALETTE, SOFT, jpeg

WIDTH, HEIGHT, MARGIN = 480, 240, 16
TOP, BOTTOM = 52, 28
"""Pixels above the curves, for their names, and below, for the epochs."""


def curves(epochs: Sequence[Mapping[str, float]]) -> bytes:
    """A JPEG with one line for each `train/…` loss over the epochs, each scaled to its own largest value."""
    image = Image.new("RGB", (WIDTH, HEIGHT), MAT)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(12)
    draw.line([(MARGIN, TOP), (MARGIN, HEIGHT - BOTTOM), (WIDTH - MARGIN, HEIGHT - BOTTOM)], fill=SOFT)
    names = [name for name in (epochs[0] if epochs else {}) if name.startswith("train/")]
    for number, name in enumerate(names):
        points = _points([epoch[name] for epoch in epochs])
        draw.line(points, fill=PALETTE[number], width=2, joint="curve")
        place = (MARGIN + number % 3 * (WIDTH // 3), 10 + number // 3 * 16)
        draw.rectangle([place[0], place[1] + 4, place[0] + 8, place[1] + 12], fill=PALETTE[number])
        draw.text((place[0] + 14, place[1]), _caption(name, epochs), fill=INK, font=font)
    draw.text((MARGIN, HEIGHT - 22), f"epochs 1 to {len(epochs)}", fill=SOFT, font=font)
    return jpeg(image)


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    top = max(values) or 1.0
    step = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    height = HEIGHT - TOP - BOTTOM
    return [(MARGIN + at * step, TOP + height * (1 - value / top)) for at, value in enumerate(values)]


def _caption(name: str, epochs: Sequence[Mapping[str, float]]) -> str:
    return f"{name.removeprefix('train/')}  {epochs[0][name]:.2f} to {epochs[-1][name]:.2f}"
