"""The small parts of which hostile images are made."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 64, 48
OBJECT = (6, 4, 30, 16)
"""Where the red object lies on every upright picture: x1, y1, x2, y2 in pixels."""


def picture(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A gray picture with a red object."""
    pixels = np.full((height, width, 3), 40, dtype=np.uint8)
    x1, y1, x2, y2 = OBJECT
    pixels[y1:y2, x1:x2] = (230, 30, 30)
    return Image.fromarray(pixels)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file of that kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(width: int = WIDTH, height: int = HEIGHT, **options: object) -> bytes:
    """The picture as a JPEG."""
    return saved(picture(width, height), "JPEG", **options)


def png(**options: object) -> bytes:
    """The picture as a PNG."""
    return saved(picture(), "PNG", **options)


def webp(**options: object) -> bytes:
    """The picture as a lossless WebP."""
    return saved(picture(), "WEBP", lossless=True, **options)


def exif(orientation: int) -> Image.Exif:
    """EXIF that says nothing but how the image is turned."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def xmp(orientation: int) -> bytes:
    """XMP that says the same."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
        f'tiff:Orientation="{orientation}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


def segment(marker: int, content: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def with_segments(*segments: bytes, of: bytes | None = None) -> bytes:
    """A JPEG with further segments in front."""
    plain = of or jpeg()
    return plain[:2] + b"".join(segments) + plain[2:]


def orientation_tag(order: str, kind: int, packed: bytes) -> bytes:
    """An EXIF segment with the orientation as a TIFF value of that kind, in that byte order (< or >)."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}HHI", 0x0112, kind, 1) + packed.ljust(4, b"\0")
    return segment(0xE1, b"Exif\0\0" + head + struct.pack(f"{order}IH", 8, 1) + entry + struct.pack(f"{order}I", 0))


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunks(*chunks: bytes) -> bytes:
    """A PNG with further chunks behind its header."""
    plain = png()
    return plain[:33] + b"".join(chunks) + plain[33:]


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header claims that size, and which has one line of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    line = zlib.compress(bytes(WIDTH * 3 + 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", line) + chunk(b"IEND")


def jpeg_of_size(width: int, height: int) -> bytes:
    """A small JPEG whose header claims that size."""
    content = bytearray(jpeg())
    struct.pack_into(">HH", content, content.index(b"\xff\xc0") + 5, height, width)
    return bytes(content)


def bmp_of_size(width: int, height: int) -> bytes:
    """A small BMP whose header claims that size."""
    content = bytearray(saved(picture(), "BMP"))
    struct.pack_into("<ii", content, 18, width, height)
    return bytes(content)
