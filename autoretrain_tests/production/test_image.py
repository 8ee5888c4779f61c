"""Images as production has them: how large they are upright, and an array that is sent without loss."""

import contextlib
import io
import struct
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback.judging import MIN_SIDE_PX
from autoretrain_assets.images import measure
from autoretrain_assets.production import image as images
from autoretrain_assets.production.image import picture
from autoretrain_assets.production.tally import Unusable


def encoded(kind="JPEG", size=(64, 48), **more):
    pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **more)
    return buffer.getvalue()


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "maker"
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_size_is_that_of_the_upright_image_as_pillow_has_it(kind, orientation):
    content = encoded(kind, exif=turned(orientation))
    shown = picture(content)
    assert (shown.width, shown.height) == ImageOps.exif_transpose(Image.open(io.BytesIO(content))).size


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("exif", [b"", b"II*", b"II*\0\x08\0\0\0\x05\0", b"MM\0*\xff\xff\0\0", b"\xff" * 60])
def test_exif_that_is_broken_loses_no_image_and_has_the_size_that_intake_sees(exif):
    plain, segment = encoded(), b"Exif\0\0" + exif
    content = plain[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + plain[2:]
    shown, seen = picture(content), measure(content, Feedback().max_image_pixels, "frame.jpg")
    assert (shown.width, shown.height) == (seen.width, seen.height)


@pytest.mark.parametrize(
    ("content", "suffix"),
    [(encoded(), ".jpg"), (encoded(progressive=True), ".jpg"), (encoded("PNG"), ".png"), (encoded("BMP"), ".bmp")],
    ids=["jpeg", "progressive", "png", "bmp"],
)
def test_a_file_goes_as_it_is(tmp_path, content, suffix):
    path = tmp_path / "frame"
    path.write_bytes(content)
    for image in (content, bytearray(content), path, str(path)):
        shown = picture(image)
        assert (shown.encoded(), shown.suffix, shown.width, shown.height) == (content, suffix, 64, 48)


@given(st.integers(10, 40), st.integers(10, 40), st.integers(0, 2**32 - 1), st.booleans())
def test_an_array_arrives_pixel_by_pixel_and_its_colours_in_their_order(height, width, seed, noisy):
    rng = np.random.default_rng(seed)
    bgr = rng.integers(0, 256 if noisy else 3, (height, width, 3)).astype(np.uint8)
    shown = picture(bgr)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(shown.encoded())))[:, :, ::-1], bgr)


def test_an_array_or_a_file_that_is_overwritten_afterwards_is_sent_as_it_was(tmp_path):
    array, path = np.full((20, 30, 3), 7, np.uint8), tmp_path / "frame.png"
    path.write_bytes(encoded("PNG"))
    both = picture(array[:, ::-1]), picture(path)
    array[:] = 0
    path.write_bytes(b"the next frame")
    assert np.asarray(Image.open(io.BytesIO(both[0].encoded()))).min() == 7
    assert both[1].encoded() == encoded("PNG")


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"no image",
        encoded()[:-40],
        encoded()[:30] + b"\xff\xd9",
        encoded("PNG")[:-12],
        encoded(size=(64, 9)),
        b"\xff\xd8\xff\xe1\x00\x08Exif\0\0\xff\xd9",
        "nowhere.jpg",
        "a\0b",
        "/",
        "/dev/zero",
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((5, 64, 3), np.uint8),
        None,
        7,
    ],
    ids=str,
)
def test_what_is_no_image_is_unusable(image):
    with pytest.raises(Unusable) as caught:
        picture(image)
    assert caught.value.reason == "image"


@given(st.binary(max_size=60), st.sampled_from([b"\xff\xd8", b"\xff\xd8\xff\xe1", images.PNG_START, b"BM"]))
def test_broken_headers_are_unusable_or_measured_and_nothing_else(tail, start):
    with contextlib.suppress(Unusable):
        assert picture(start + tail + b"\xff\xd9IEND").width > 0


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8" + b"\xff" * 20_000_000 + b"\xff\xd9",
        b"\xff\xd8" + b"\xff\xfe\x00\x02" * 5_000_000 + b"\xff\xd9",
        encoded("PNG")[:33] + (bytes(4) + b"noneCRC!") * 1_600_000 + encoded("PNG")[33:],
    ],
    ids=["fill bytes", "segments", "chunks"],
)
def test_a_header_without_end_does_not_hold_the_caller_up(content):
    start = time.perf_counter()
    with pytest.raises(Unusable, match="header"):
        picture(content)
    assert time.perf_counter() - start < 0.5


def test_an_array_that_is_too_large_as_a_file_is_unusable(monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 100)
    with pytest.raises(Unusable, match="JPEG"):
        picture(np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)).encoded()


def test_the_limits_are_those_of_intake():
    rules = Feedback()
    assert (rules.max_image_bytes, rules.max_image_pixels) == (images.MAX_BYTES, images.MAX_PIXELS)
    assert images.MIN_SIDE_PX == MIN_SIDE_PX
