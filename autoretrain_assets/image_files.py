"""Image files: what is cut off or refused before a decoder walks through them, and how they lie upright."""

import re
from collections.abc import Iterator
from itertools import islice

import numpy as np
from PIL import Image, ImageOps

from autoretrain_assets.errors import InputError

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
PNG_START = b"\x89PNG\r\n\x1a\n"

MAX_SEGMENTS = 1_000
"""Of a JPEG before its first scan; a colour profile and a long XMP are some 300."""
MAX_FILL_BYTES = 1_000
MAX_SCANS = 100
"""Of a progressive JPEG; encoders write about ten."""
MAX_CHUNKS = 50_000
"""Of a PNG; encoders write one for 8 kB or more."""

_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])", re.DOTALL)  # neither a stuffed byte nor a restart
_SCAN, _END, _ALONE = 0xDA, 0xD9, {0x01, 0xD8}


def without_trailer(content: bytes) -> bytes:
    """The image without what stands behind a JPEG's end marker; raises InputError where a JPEG has no end.

    A trainer rewrites such a file in place, and with it every link to it.
    """
    if not content.startswith(JPEG_START) or content.endswith(JPEG_END):
        return content
    end = content.rfind(JPEG_END)
    if end < 0:
        raise InputError("the JPEG has no end: it was cut off on its way")
    return content[: end + len(JPEG_END)]


def refuse_endless(content: bytes, name: str) -> None:
    """Raise InputError for a JPEG or a PNG with more parts than an encoder writes.

    Such a file may be small and still take hours or all memory: each scan goes over all pixels again, and
    each part of the header is an object.
    """
    if content.startswith(JPEG_START):
        _refuse_endless_jpeg(content, name)
    elif content.startswith(PNG_START) and sum(1 for _ in islice(_chunks(content), MAX_CHUNKS + 1)) > MAX_CHUNKS:
        raise InputError(f"{name} is a PNG of more than {MAX_CHUNKS} chunks: save it anew.")


def upright(image: Image.Image) -> Image.Image:
    """The image turned as its EXIF says, with 8 bits a channel: the high ones, as a model gets them.

    `image` itself may be turned in place. Pillow would show all but the darkest of 16 bits as white.
    """
    ImageOps.exif_transpose(image, in_place=True)
    if not image.mode.startswith("I;16"):
        return image
    return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))


def _refuse_endless_jpeg(content: bytes, name: str) -> None:
    segments = scans = fill = 0
    for marker, before in _markers(content):
        if not scans:
            segments, fill = segments + 1, fill + before
        scans += marker == _SCAN
        if scans > MAX_SCANS or segments > MAX_SEGMENTS or fill > MAX_FILL_BYTES:
            raise InputError(f"{name} is a JPEG with too many scans, segments or fill bytes: save it anew.")


def _markers(content: bytes) -> Iterator[tuple[int, int]]:
    """Each marker of the first picture, and how many bytes stood before it that no segment holds."""
    at = len(JPEG_START)
    while (found := _MARKER.search(content, at)) is not None:
        marker, fill = found[1][0], found.start() - at
        yield marker, fill
        if marker == _END:
            return
        at = found.end()
        if marker not in _ALONE:
            at += int.from_bytes(content[at : at + 2], "big")


def _chunks(content: bytes) -> Iterator[int]:
    at = len(PNG_START)
    while at < len(content):
        yield at
        at += 12 + int.from_bytes(content[at : at + 4], "big")
