"""How large the image in a file is, from its header alone."""

import struct

from autoretrain_assets.production.tally import Unusable

PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of a JPEG whose segment holds its height and width."""

MAX_PARTS = 10_000
"""So many segments, fill bytes or chunks are looked at, some milliseconds: 32 MB of what cameras write have less."""

EXIF_MARKER, ORIENTATION, ON_ITS_SIDE = 0xE1, 0x0112, (5, 6, 7, 8)


def looked_at(content: bytes) -> tuple[str, int, int]:
    """The suffix of the file's kind, and width and height in pixels of the upright image.

    Raises Unusable where the bytes are no JPEG, PNG or BMP, or no whole one as far as its frame shows.
    """
    try:
        suffix, (width, height) = _looked_at(content)
    except struct.error as error:
        raise Unusable("image", "the file is cut off or broken.") from error
    return suffix, width, height


def _looked_at(content: bytes) -> tuple[str, tuple[int, int]]:
    if content.startswith(b"\xff\xd8") and b"\xff\xd9" in content[-1_000_000:]:
        return ".jpg", _jpeg_size(content)
    if content.startswith(PNG_START) and b"IEND" in content[-1_000_000:]:
        return ".png", _png_size(content)
    if content.startswith(b"BM"):
        width, height = struct.unpack_from("<ii", content, 18)
        return ".bmp", (width, abs(height))
    raise Unusable("image", "the bytes are no whole JPEG, PNG or BMP.")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at, turned = 2, False
    for _ in range(MAX_PARTS):
        start, marker, length = struct.unpack_from(">BBH", content, at)
        if start != 0xFF:  # noqa: PLR2004 - what every segment starts with
            raise Unusable("image", "the JPEG's segments are broken.")
        if marker in JPEG_SIZES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return (height, width) if turned else (width, height)
        if marker == EXIF_MARKER and content[at + 4 : at + 10] == b"Exif\0\0":
            turned = _lies(content[at + 10 : at + 2 + length])
        at += 1 if marker == 0xFF else 2 + length  # noqa: PLR2004 - fill bytes may stand before a marker
    raise _endless()


def _png_size(content: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", content, 16)
    at = len(PNG_START)
    for _ in range(MAX_PARTS):
        if at + 8 > len(content):
            return width, height
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind == b"eXIf" and _lies(content[at + 8 : at + 8 + length]):
            return height, width
        at += 12 + length
    raise _endless()


def _endless() -> Unusable:
    return Unusable("image", f"its header has more than {MAX_PARTS} parts.")


def _lies(exif: bytes) -> bool:
    """Whether EXIF says that the image is stored on its side. What is cut off or broken says nothing, to any reader."""
    order = "<" if exif.startswith(b"II") else ">"
    try:
        (directory,) = struct.unpack_from(order + "I", exif, 4)
        (entries,) = struct.unpack_from(order + "H", exif, directory)
        for at in range(directory + 2, directory + 2 + 12 * entries, 12):
            tag, _, _, value = struct.unpack_from(order + "HHIH", exif, at)
            if tag == ORIENTATION:
                return value in ON_ITS_SIDE
    except struct.error:
        return False
    return False
