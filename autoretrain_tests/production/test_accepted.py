"""What the client sends, a home takes in: the real inbox, the real intake."""

import io
import math
from datetime import UTC, datetime, time

import numpy as np
from PIL import Image

from autoretrain_assets.production import FeedbackClient
from autoretrain_tests.homes import DAY, laid_out, take_in
from autoretrain_tests.production.sending import IMAGE

AT = datetime.combine(DAY, time(10), UTC)
WEIRD = [
    ("car", math.nan, 1, 1, 9, 9),
    ("car", 0.5, 1, math.inf, 9, 9),
    ("car", 0.5, 9, 9, 1, 1),
    ("car", 1.0009765625, 1, 1, 9, 9),
    ("car", -1e-4, 1, 1, 9, 9),
    ("bus", 0.5, -1e9, -1e9, 1e9, 1e9),
    ("bus", 0.5, 64, 48, 70, 50),
    ("bus", 0.5, 63.99999, 0, 64.5, 48),
    ("bus", 0.3, 5e-324, 0, 1e-323, 1),
    ("a/b", 0.5, 1, 1, 9, 9),
    {"label": "car"},
    (),
]


def phone_photo():
    """Stored on its side: upright it is 48 x 64."""
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.fromarray(IMAGE).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_every_event_is_accepted_however_weird_its_boxes_are(tmp_path):
    home = laid_out(tmp_path / "home")
    with FeedbackClient(home.inbox, "gate 7", model_version="v0001", random_rate=0.5, seed=1) as client:
        for number in range(6):
            image = np.roll(IMAGE, 7 * number, axis=1)
            client.report(image, WEIRD, captured_at=AT, domain="night")
        client.report(phone_photo(), [("car", 0.4, 10, 50, 47, 63), ("car", 0.4, 50, 10, 63, 40)], captured_at=AT)
        client.verdict(IMAGE, "missed", (1, 1, 99, 99), "bus", WEIRD, captured_at=AT)
        client.verdict(IMAGE, "false_positive", (1, 1, 9, 9), captured_at=AT)
        client.verdict(IMAGE, "missed", (1, 1, 9, 9), captured_at=AT)
        assert client.flush(30)
        assert (client.counts["sent"], client.losses) == (9, {"verdict": 1})

    take_in(home, DAY)

    table = home.raw_feedback.read(DAY)
    assert table.height == 9
    assert not [path for path in home.quarantine.rglob("*") if path.is_file()]
    assert set(table["trigger"]) == {"random", "uncertain", "operator"}
    assert set(table.filter(trigger="random")["probability"]) == {0.5}
    assert table.filter(width=48)["predictions"].list.len().to_list() == [1]
