"""Small files that would take a decoder hours or all memory; each is judged in a process of its own."""

import zlib
from collections.abc import Iterator

from PIL import Image

from autoretrain_tests.hostile import parts
from autoretrain_tests.hostile.case import Case, said
from autoretrain_tests.hostile.parts import chunk, with_chunks, with_segments

ENDLESS = "too many scans, segments or fill bytes"


def cases() -> Iterator[Case]:
    """Every bomb."""
    made = {
        "scans": (".jpg", lambda: scans(500), ENDLESS),
        "scans-allowed": (".jpg", lambda: scans(20), None),
        "segments": (".jpg", lambda: with_segments(b"\xff\xe1\0\2" * 7_900_000), ENDLESS),
        "comments": (".jpg", lambda: with_segments(b"\xff\xfe\0\2" * 7_900_000), ENDLESS),
        "hidden-segments": (".jpg", lambda: with_segments(b"\xff\xd8\xff\xff" + b"\xff\xe1\0\2" * 16_000), ENDLESS),
        "fill": (".jpg", lambda: with_segments(b"\xff" * 31_000_000), ENDLESS),
        "restarts": (".jpg", lambda: with_segments(b"\xff\xd0" * 15_000_000), ENDLESS),
        "chunks": (".png", lambda: with_chunks(chunk(b"abCd") * 2_600_000), "more than 50000 chunks"),
        "text": (".png", lambda: with_chunks(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000))) * 3000), "text"),
        "all-pixels-png": (".png", lambda: parts.saved(Image.new("RGB", (7_070, 7_070)), "PNG"), None),
        "all-pixels-jpeg": (".jpg", lambda: parts.saved(Image.new("RGB", (7_070, 7_070)), "JPEG"), None),
        "all-pixels-lie": (".jpg", lambda: parts.jpeg_of_size(7_070, 7_070), None),
        "canvas": (".webp", lambda: canvas(16_383), "over feedback.max_image_pixels"),
        "canvas-16M": (".webp", lambda: canvas(1 << 24), "over feedback.max_image_pixels"),
        "run-lengths": (".bmp", run_lengths, "cannot be read as an image"),
    }
    for name, (suffix, make, reason) in made.items():
        event = said(f"bomb-{name}", suffix, predictions=[], verdicts=[])
        yield Case(f"bomb-{name}", event, reason, make, suffix, heavy=True)


def scans(count: int) -> bytes:
    """A progressive JPEG of 49 million pixels whose last scan stands there so many times."""
    content = parts.saved(Image.new("RGB", (7_000, 7_000), (9, 90, 200)), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * count + content[-2:]


def canvas(side: int) -> bytes:
    """A moving WebP whose canvas claims that many pixels a side."""
    frames = [Image.new("RGB", (64, 48), (200, 0, 0))]
    content = bytearray(parts.webp(save_all=True, append_images=frames))
    at = content.index(b"VP8X") + 12
    content[at : at + 6] = (side - 1).to_bytes(3, "little") * 2
    return bytes(content)


def run_lengths() -> bytes:
    """A BMP of 49 million pixels in runs that hold none."""
    header = bytearray(parts.bmp_of_size(7_000, 7_000)[:54])
    header[28:34] = bytes((8, 0, 1, 0, 0, 0))
    return bytes(header) + bytes(1024) + b"\xff\0" * 200_000 + b"\0\1"
