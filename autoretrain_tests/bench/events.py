"""Events with real images, as many as a bench needs."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from PIL import Image

from autoretrain_assets.production import write_event
from autoretrain_tests.bench.printing import Inputs

START, COMMENT = b"\xff\xd8", b"\xff\xfe"
DRAWN = 20


def fill(inbox: Path, inputs: Inputs, day: date, count: int) -> None:
    """Put a day's events into the inbox, each with an image of its own."""
    inbox.mkdir(parents=True, exist_ok=True)
    noon = datetime.combine(day, time(12), UTC)
    for number, image in enumerate(islice(_images(inputs), count)):
        event = {
            "event_id": f"{day}-{number}",
            "captured_at": (noon + timedelta(seconds=number)).isoformat(),
            "source": f"cam{number % 4}",
            "trigger": "uncertain",
            "predictions": [{"label": "car", "confidence": 0.3, "x1": 1, "y1": 1, "x2": 90, "y2": 90}] * 5,
        }
        write_event(inbox, event, _unlike_any(image, f"{day}/{number}"))


def kind_of_images(inputs: Inputs) -> str:
    """What the images are, for the line that is printed."""
    return "photos of bccd" if _photos(inputs) else "drawn noise, for bccd is not on this machine"


def _images(inputs: Inputs) -> Iterator[bytes]:
    """For ever: the photos in turn, or noise of the same size."""
    return cycle([path.read_bytes() for path in _photos(inputs)] or _noise())


def _photos(inputs: Inputs) -> list[Path]:
    return sorted((inputs.data / "bccd" / "images").rglob("*.jpg"))


def _noise() -> list[bytes]:
    random, images = np.random.default_rng(0), []
    for _ in range(DRAWN):
        buffer = io.BytesIO()
        Image.fromarray(random.integers(0, 255, (480, 640, 3), dtype=np.uint8)).save(buffer, "JPEG", quality=20)
        images.append(buffer.getvalue())
    return images


def _unlike_any(jpeg: bytes, word: str) -> bytes:
    """The same picture with a comment in its head, and so with a sha256 of its own."""
    text = word.encode()
    return START + COMMENT + (len(text) + 2).to_bytes(2) + text + jpeg.removeprefix(START)
