"""An image as production has it: a path, the bytes of a file, or an array; and how large it is, upright."""

import os
import stat
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoretrain_assets.production.headers import PNG_START, looked_at
from autoretrain_assets.production.tally import Unusable

MIN_SIDE_PX = 10
"""ultralytics leaves smaller images out of a training without an error."""

MAX_PIXELS, MAX_BYTES = 50_000_000, 32_000_000
"""What intake takes, by its defaults."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`content` is a file's bytes or an array of our own; width and height are pixels of the upright image."""

    content: Any
    suffix: str
    width: int
    height: int
    nbytes: int

    def encoded(self) -> bytes:
        """The file's bytes. An array becomes a PNG, which takes some 0.1 s for 2 megapixels: not the caller's time.

        PNG is lossless, so what people label and models learn is what the model saw. Raises Unusable where the
        file is larger than intake takes.
        """
        content = self.content if isinstance(self.content, bytes) else _png(self.content)
        if len(content) > MAX_BYTES:
            raise Unusable("image", f"{len(content)} bytes, over {MAX_BYTES}: encode it yourself, as JPEG.")
        return content


def picture(image: Any) -> Picture:
    """The image, so that whoever overwrites the file or the array afterwards changes nothing; raises Unusable.

    An array is height x width x 3 of uint8 in the order blue, green, red, as cv2 and ultralytics have it. A file
    is JPEG, PNG or BMP. Only headers are read: whether the rest can be decoded, intake finds out.
    """
    if isinstance(image, str | os.PathLike):
        image = _read(image)
    if isinstance(image, bytes | bytearray | memoryview):
        content = bytes(image)
        made = Picture(content, *looked_at(content), len(content))
    elif hasattr(image, "dtype") and hasattr(image, "tobytes"):
        made = _of_array(image)
    else:
        raise Unusable("image", f"a {type(image).__name__} is no image: hand in a path, bytes or an array.")
    if min(made.width, made.height) < MIN_SIDE_PX or made.width * made.height > MAX_PIXELS:
        raise Unusable("image", f"{made.width} x {made.height} pixels is too small or too large.")
    return made


def _read(path: Any) -> bytes:
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise Unusable("image", f"the file is not a plain one of at most {MAX_BYTES} bytes.")
        return Path(path).read_bytes()
    except (OSError, ValueError, TypeError) as error:
        raise Unusable("image", f"the file cannot be read ({type(error).__name__}).") from error


def _of_array(array: Any) -> Picture:
    if str(array.dtype) != "uint8" or len(array.shape) != 3 or array.shape[2] != 3:  # noqa: PLR2004 - a colour image
        raise Unusable("image", f"{array.dtype} of shape {array.shape}: an array is height x width x 3 of uint8, BGR.")
    height, width, _ = map(int, array.shape)
    return Picture(array.copy(), ".png", width, height, int(array.nbytes))


def _png(bgr: Any) -> bytes:
    """Each row as its difference to the row above (filter 2), which a fast zlib packs as well as a slow one."""
    rows = bgr[:, :, ::-1].copy()
    rows[1:] -= bgr[:-1, :, ::-1]
    height, width = bgr.shape[:2]
    packed = zlib.compress(b"".join(b"\2" + row.tobytes() for row in rows), 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG_START + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
