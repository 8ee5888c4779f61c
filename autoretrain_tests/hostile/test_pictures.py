"""A box must lie on what the model saw, however the image was stored or turned."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image, ImageChops

from autoretrain_assets.pictures import Tile, sheet
from autoretrain_assets.yolo.runtime import start
from autoretrain_tests.feedback.test_intake import Desk
from autoretrain_tests.hostile import parts, pictures
from autoretrain_tests.hostile.case import prediction, said
from autoretrain_tests.hostile.desks import put, run_all
from autoretrain_tests.hostile.pictures import SUFFIXES, TURNED, UPRIGHT_SIZES

INVERSE = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
METHODS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a viewer turns what is stored under each of EXIF's orientations."""


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def stored_under(kind, turn):
    """A file of the picture that shows it upright to whoever heeds its EXIF."""
    image = parts.picture()
    image = image if turn == 1 else image.transpose(METHODS[INVERSE[turn]])
    options = {"lossless": True} if kind == "webp" else {"quality": 95} if kind == "jpeg" else {}
    return parts.saved(image, kind.upper(), exif=parts.exif(turn), **options)


def seen(path):
    """The BGR image as ultralytics reads it; that it does, is tested below."""
    return cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)


def around(red):
    """The box around the red object of a BGR image."""
    blue, green, light = (red[..., at].astype(int) for at in range(3))
    rows, columns = np.nonzero(light - np.maximum(blue, green) > 100)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("kind", TURNED)
@pytest.mark.parametrize("turn", UPRIGHT_SIZES)
def test_the_stored_box_hits_the_object_that_the_model_saw(desk, kind, turn):
    corners = dict(zip(("x1", "y1", "x2", "y2"), parts.OBJECT, strict=True))
    event = said("e", SUFFIXES[kind], predictions=[prediction(**corners)], verdicts=[])
    put(desk, "e", event, stored_under(kind, turn), SUFFIXES[kind])

    run_all(desk)

    row = desk.table.row(0, named=True)
    frame = desk.frames.path(row["sha256"])
    (box,) = row["predictions"]
    assert (row["width"], row["height"]) == (parts.WIDTH, parts.HEIGHT)
    assert around(seen(frame)) == pytest.approx([box[name] for name in corners], abs=1)
    drawn = cv2.imdecode(np.frombuffer(sheet([Tile(frame, [])], [], side=parts.WIDTH), np.uint8), cv2.IMREAD_COLOR)
    assert around(drawn[6:, 6:]) == pytest.approx(parts.OBJECT, abs=2)


@pytest.mark.parametrize("turn", range(2, 9))
def test_a_box_that_fits_only_the_stored_pixels_is_refused_where_they_lie_otherwise(desk, turn):
    put(desk, "e", said("e", predictions=[prediction(x1=50, x2=64)]), parts.jpeg(exif=parts.exif(turn)))

    run_all(desk)

    assert desk.table.height == (UPRIGHT_SIZES[turn] == (64, 48))


def test_sixteen_bits_are_measured_as_a_model_gets_them(desk):
    gray = np.asarray(parts.picture().convert("L"))
    put(desk, "deep", said("deep", ".png"), parts.saved(Image.fromarray(gray.astype(np.uint16) << 8), "PNG"), ".png")
    put(desk, "flat", said("flat", ".png"), parts.saved(Image.fromarray(gray), "PNG"), ".png")

    run_all(desk)

    deep, flat = desk.table.sort("event_id").to_dicts()
    assert [deep[name] for name in ("brightness", "phash")] == [flat[name] for name in ("brightness", "phash")]
    shown = sheet([Tile(desk.frames.path(deep["sha256"]), [])], [])
    page = sheet([Tile(desk.frames.path(flat["sha256"]), [])], [])
    opened = [Image.open(io.BytesIO(content)) for content in (shown, page)]
    assert max(high for _, high in ImageChops.difference(*opened).getextrema()) < 8


@pytest.mark.slow
def test_what_is_accepted_is_what_a_training_keeps(desk):
    start()
    from ultralytics.data.utils import check_image
    from ultralytics.utils.patches import imread

    for case in pictures.cases():
        put(desk, case.name, *case.sent)
    run_all(desk)

    for row in desk.table.iter_rows(named=True):
        frame = desk.frames.path(row["sha256"])
        complaint, size = check_image(str(frame))
        assert (complaint, size) == ("", (row["height"], row["width"])), row["event_id"]
        assert np.array_equal(imread(frame), seen(frame)), row["event_id"]
