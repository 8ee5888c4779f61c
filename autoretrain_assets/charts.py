"""Training curves as a picture: small, without a plotting library's seconds of start."""

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont

from autoretrain_assets.pictures import PALETTE, jpeg

WIDTH, HEIGHT, MARGIN = 560, 220, 40


def curves(epochs: Sequence[Mapping[str, float]]) -> bytes:
    """A JPEG with one line for each `train/…` loss over the epochs, each scaled to its own largest value."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(12)
    draw.line([(MARGIN, 10), (MARGIN, HEIGHT - 25), (WIDTH - 10, HEIGHT - 25)], fill="#888888")
    names = [name for name in (epochs[0] if epochs else {}) if name.startswith("train/")]
    for number, name in enumerate(names):
        points = _points([epoch[name] for epoch in epochs])
        draw.line(points, fill=PALETTE[number], width=2, joint="curve")
        draw.text((WIDTH - 210, 12 + 16 * number), _caption(name, epochs), fill=PALETTE[number], font=font)
    draw.text((MARGIN, HEIGHT - 20), f"epochs 1 to {len(epochs)}", fill="#555555", font=font)
    return jpeg(image)


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    top = max(values) or 1.0
    step = (WIDTH - MARGIN - 20) / max(1, len(values) - 1)
    return [(MARGIN + at * step, 15 + (HEIGHT - 45) * (1 - value / top)) for at, value in enumerate(values)]


def _caption(name: str, epochs: Sequence[Mapping[str, float]]) -> str:
    return f"{name.removeprefix('train/')}  {epochs[0][name]:.2f} to {epochs[-1][name]:.2f}"
