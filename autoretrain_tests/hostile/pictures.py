"""Images that are broken, of the wrong kind, or turned."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from autoretrain_tests.hostile import parts
from autoretrain_tests.hostile.case import Case, said
from autoretrain_tests.hostile.parts import (
    chunk,
    exif,
    jpeg,
    picture,
    png,
    saved,
    segment,
    webp,
    with_chunks,
    with_segments,
)

UNREAD, DIFFERS = "cannot be read as an image", "does not look the same to every reader"
SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp", "bmp": ".bmp"}
TURNED = {"jpeg": jpeg, "png": png, "webp": webp}
UPRIGHT_SIZES = {turn: (64, 48) if turn < 5 else (48, 64) for turn in range(1, 9)}
"""The upright size of the picture under each of EXIF's orientations."""

Made = Callable[[], bytes]


def cases() -> Iterator[Case]:
    """Every image."""
    for name, suffix, make, reason in _all():
        yield Case(f"image-{name}", said(f"image-{name}", suffix, predictions=[], verdicts=[]), reason, make, suffix)
    event = said("image-missing")
    yield Case("image-missing", event, "there is no file", None)


def _all() -> Iterator[tuple[str, str, Made, str | None]]:
    yield from _torn()
    yield from _off_the_list()
    yield from _polyglots()
    yield from _colours()
    yield from _turned()
    yield from _metadata()
    yield from _sizes()


def _torn() -> Iterator[tuple[str, str, Made, str | None]]:
    whole = {"jpeg": jpeg(), "png": png(), "webp": webp(), "bmp": saved(picture(), "BMP")}
    for kind, content in whole.items():
        for share in (0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
            size = int(len(content) * share)
            reason = "no end" if kind == "jpeg" and size >= 2 else UNREAD
            yield f"torn-{kind}-{size}", SUFFIXES[kind], lambda c=content, s=size: c[:s], reason
        yield f"head-gone-{kind}", SUFFIXES[kind], lambda c=content: c[1:], UNREAD
        yield f"zeros-{kind}", SUFFIXES[kind], lambda c=content: bytes(len(c)), UNREAD
    yield "torn-jpeg-closed", ".jpg", lambda: jpeg()[:-60] + b"\xff\xd9", None
    yield "png-one-bit-off", ".png", lambda: png()[:60] + b"\x00" + png()[61:], UNREAD
    lying = png()[:-12] + struct.pack(">I", 0x7FFFFFF0) + b"tEXt" + bytes(20)
    yield "png-chunk-that-claims-2-GB", ".png", lambda: lying, UNREAD
    moving = saved(picture(), "PNG", save_all=True, append_images=[picture().rotate(180)])
    yield "apng-with-a-broken-frame", ".png", lambda: moving.replace(b"fdAT", b"fdAX"), UNREAD


def _off_the_list() -> Iterator[tuple[str, str, Made, str | None]]:
    for kind in ("GIF", "TIFF", "ICO", "PPM", "JPEG2000", "TGA", "PCX", "SGI", "DDS", "AVIF", "EPS"):
        for suffix in (f".{kind.lower()}", ".jpg"):
            yield f"{kind.lower()}-as{suffix.replace('.', '-')}", suffix, lambda k=kind: saved(picture(), k), UNREAD
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    other = {
        "svg": svg,
        "html": b"<html><script>alert(1)</script></html>",
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200),
        "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        "ps": b"%!PS-Adobe-3.0\n(%pipe%id) (w) file\n",
        "text": b"no image",
        "elf": b"\x7fELF" + bytes(60),
        "gzip": b"\x1f\x8b\x08" + bytes(60),
        "csv": b"a,b\n1,2\n",
        "mvg": b"push graphic-context\nimage over 0,0 0,0 'https://127.0.0.1/x.jpg'\n",
    }
    for kind, content in other.items():
        yield f"{kind}-bytes", ".jpg", lambda c=content: c, UNREAD
    moving = saved(picture(), "GIF", save_all=True, append_images=[picture().rotate(180)])
    yield "moving-gif", ".gif", lambda: moving, UNREAD
    yield "gif-of-a-huge-canvas", ".gif", lambda: moving[:6] + b"\xff\xff\xff\xff" + moving[10:], UNREAD
    for suffix in (".png", ".exe", "", ".jpg.exe", ".webp"):
        yield f"wrong-suffix{suffix.replace('.', '-')}", suffix, jpeg, None


def _polyglots() -> Iterator[tuple[str, str, Made, str | None]]:
    tails = {
        "zip": b"PK\x03\x04" + bytes(40) + b"PK\x05\x06" + bytes(18),
        "html": b"<html><script>alert(1)</script></html>",
        "json": b'{"event_id": "x"}',
        "jpeg": jpeg(),
    }
    for kind, tail in tails.items():
        yield f"jpeg-then-{kind}", ".jpg", lambda t=tail: jpeg() + t, None
        yield f"png-then-{kind}", ".png", lambda t=tail: png() + t, None
        yield f"{kind}-then-png", ".png", lambda t=tail: t + png(), None if kind == "jpeg" else UNREAD
    yield "jpeg-with-html-inside", ".jpg", lambda: with_segments(segment(0xFE, b"<script>alert(1)</script>")), None


def _colours() -> Iterator[tuple[str, str, Made, str | None]]:
    clear = picture().convert("RGBA")
    clear.putalpha(0)
    deep = Image.fromarray(np.asarray(picture().convert("L")).astype(np.uint16) << 8)
    second = picture().rotate(180)
    made = {
        "cmyk": (".jpg", lambda: saved(picture().convert("CMYK"), "JPEG")),
        "gray": (".jpg", lambda: saved(picture().convert("L"), "JPEG")),
        "progressive": (".jpg", lambda: jpeg(progressive=True)),
        "16-bit": (".png", lambda: saved(deep, "PNG")),
        "palette": (".png", lambda: saved(picture().convert("P"), "PNG")),
        "palette-clear": (".png", lambda: saved(picture().convert("P"), "PNG", transparency=0)),
        "1-bit": (".png", lambda: saved(picture().convert("1"), "PNG")),
        "gray-alpha": (".png", lambda: saved(picture().convert("LA"), "PNG")),
        "all-clear": (".png", lambda: saved(clear, "PNG")),
        "all-clear-webp": (".webp", lambda: saved(clear, "WEBP", lossless=True, exact=True)),
        "bmp-palette": (".bmp", lambda: saved(picture().convert("P"), "BMP")),
        "bmp-1-bit": (".bmp", lambda: saved(picture().convert("1"), "BMP")),
        "mpo": (".jpg", lambda: saved(picture(), "MPO", save_all=True, append_images=[second])),
        "moving-png": (".png", lambda: saved(picture(), "PNG", save_all=True, append_images=[second])),
        "moving-webp": (".webp", lambda: webp(save_all=True, append_images=[second])),
    }
    for kind, (suffix, make) in made.items():
        yield kind, suffix, make, None
    hidden = {"save_all": True, "default_image": True, "append_images": [second, picture()]}
    yield "moving-png-with-a-still", ".png", lambda: png(**hidden), DIFFERS


def _turned() -> Iterator[tuple[str, str, Made, str | None]]:
    for kind, make in TURNED.items():
        for turn in (*range(10), 255, 65535):
            yield f"turned-{kind}-{turn}", SUFFIXES[kind], lambda m=make, t=turn: m(exif=exif(t)), None
    told = PngInfo()
    told.add_itxt("XML:com.adobe.xmp", parts.xmp(6).decode())
    hexed = PngInfo()
    hexed.add_text("Raw profile type exif", f"\nexif\n{22:8d}\n{exif(6).tobytes().hex()}\n")
    bare = [exif(turn).tobytes()[6:] for turn in (6, 1)]
    made = {
        "jpeg-xmp": (".jpg", lambda: jpeg(xmp=parts.xmp(6))),
        "jpeg-xmp-mirrored": (".jpg", lambda: jpeg(xmp=parts.xmp(2))),
        "webp-xmp": (".webp", lambda: webp(xmp=parts.xmp(8))),
        "png-xmp": (".png", lambda: png(pnginfo=told)),
        "png-text": (".png", lambda: png(pnginfo=hexed)),
        "png-twice": (".png", lambda: with_chunks(*(chunk(b"eXIf", tags) for tags in bare))),
        "jpeg-as-byte": (".jpg", lambda: with_segments(parts.orientation_tag("<", 1, b"\x06"))),
        "jpeg-as-long": (".jpg", lambda: with_segments(parts.orientation_tag(">", 4, struct.pack(">I", 6)))),
    }
    for kind, (suffix, make) in made.items():
        yield f"turned-{kind}", suffix, make, DIFFERS


def _metadata() -> Iterator[tuple[str, str, Made, str | None]]:
    bomb = b"a\0\0" + zlib.compress(bytes(20_000_000))
    garbage = {
        "empty": b"",
        "short": b"II*\0",
        "far": b"II*\0\xff\xff\xff\xff",
        "loop": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    }
    for kind, tags in (garbage | {"noise": bytes(range(256)) * 250}).items():
        yield f"exif-{kind}", ".jpg", lambda t=tags: with_segments(segment(0xE1, b"Exif\0\0" + t)), None
    many = b"II*\0\x08\0\0\0" + struct.pack("<H", 5400) + struct.pack("<HHII", 0x0112, 3, 1, 1) * 5400
    yield "exif-of-5400-tags", ".jpg", lambda: with_segments(segment(0xE1, b"Exif\0\0" + many)), None
    yield "exif-of-13-MB", ".jpg", lambda: with_segments(*[segment(0xE1, b"Exif\0\0" + bytes(65_000))] * 200), None
    yield "exif-noise-png", ".png", lambda: with_chunks(chunk(b"eXIf", b"garbage garbage")), UNREAD
    yield "profile-noise", ".jpg", lambda: jpeg(icc_profile=bytes(range(256)) * 20), None
    yield "profile-bomb", ".png", lambda: with_chunks(chunk(b"iCCP", bomb)), UNREAD
    yield "text-bomb", ".png", lambda: with_chunks(chunk(b"zTXt", bomb)), UNREAD
    short = saved(picture(), "PNG")
    yield "png-checksum", ".png", lambda: short[:29] + b"\0\0\0\0" + short[33:], UNREAD


def _sizes() -> Iterator[tuple[str, str, Made, str | None]]:
    small = "each side must have 10 or more"
    for width, height in ((1, 1), (9, 48), (64, 9)):
        yield (
            f"small-{width}x{height}",
            ".jpg",
            lambda w=width, h=height: saved(Image.new("RGB", (w, h)), "JPEG"),
            small,
        )
    for width, height in ((0, 48), (64, 0), (0, 0)):
        yield f"none-{width}x{height}-png", ".png", lambda w=width, h=height: parts.png_of_size(w, h), UNREAD
        yield f"none-{width}x{height}-jpeg", ".jpg", lambda w=width, h=height: parts.jpeg_of_size(w, h), UNREAD
    lies = {
        "png": (".png", parts.png_of_size, (50_000, 50_000)),
        "png-long": (".png", parts.png_of_size, (49_000_000, 1)),
        "png-most": (".png", parts.png_of_size, (2**31 - 1, 2**31 - 1)),
        "png-most-allowed": (".png", parts.png_of_size, (10_000, 5_001)),
        "jpeg": (".jpg", parts.jpeg_of_size, (65_500, 65_500)),
        "bmp": (".bmp", parts.bmp_of_size, (60_000, 60_000)),
        "bmp-downwards": (".bmp", parts.bmp_of_size, (60_000, -60_000)),
    }
    for kind, (suffix, make, size) in lies.items():
        reason = "a side over" if kind == "png-long" else "over feedback.max_image_pixels"
        yield f"lie-{kind}", suffix, lambda m=make, s=size: m(*s), reason
    yield (
        "too-many-bytes",
        ".bmp",
        lambda: io.BytesIO(saved(picture(), "BMP")).read() + bytes(32_000_000),
        "max_image_bytes",
    )
