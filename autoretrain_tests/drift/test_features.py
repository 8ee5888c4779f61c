from datetime import UTC, datetime

import polars as pl
import pytest

from autoretrain_assets.drift.features import features
from autoretrain_assets.schema import BOXES, FRAME


def box(label, confidence):
    return {"label": label, "x1": 0.0, "y1": 0.0, "x2": 9.0, "y2": 9.0, "confidence": confidence}


def frames(*boxes, names=None):
    rows = [
        {
            "sha256": names[number] if names else f"image{number}",
            "width": 64,
            "height": 48,
            "captured_at": datetime(2025, 3, 1, tzinfo=UTC),
            "source": "cam",
            "domain": None,
            "phash": 0,
            "brightness": 100.0 + number,
            "contrast": 30.0,
            "sharpness": 50.0,
            "seen": shown,
        }
        for number, shown in enumerate(boxes)
    ]
    return pl.DataFrame(rows, schema=FRAME | {"seen": BOXES})


def test_a_crowded_image_is_one_row():
    table = features(
        frames([box("car", 0.5), box("car", 0.7), box("bus", 0.3), box("bus", 0.1)]), "seen", ["car", "bus"], 0.3
    )
    row = table.row(0, named=True)
    assert table.height == 1
    assert row["detections"] == 3
    assert row["mean_confidence"] == pytest.approx(0.5)
    assert row["share:car"] == pytest.approx(2 / 3)
    assert row["share:bus"] == pytest.approx(1 / 3)


def test_without_detections_the_count_is_zero_and_the_rest_unknown():
    table = features(frames([], None, [box("car", 0.1)]).lazy(), "seen", ["car"], 0.3)
    assert table["detections"].to_list() == [0, 0, 0]
    assert table["mean_confidence"].to_list() == [None] * 3
    assert table["share:car"].to_list() == [None] * 3
    assert table["brightness"].to_list() == [100, 101, 102]


def test_a_persons_boxes_count_without_a_say_in_the_mean():
    row = features(frames([box("car", None)]), "seen", ["car"], 0.3).row(0, named=True)
    assert (row["detections"], row["mean_confidence"], row["share:car"]) == (1, None, 1)


def test_an_image_in_several_events_counts_once():
    table = features(frames([box("car", 0.9)], [], names=["same", "same"]), "seen", [], 0.3)
    assert table["detections"].to_list() == [1]


def test_an_empty_day_has_all_columns():
    table = features(frames(), "seen", ["car"], 0.3)
    expected = ["sha256", "source", "brightness", "contrast", "sharpness", "detections", "mean_confidence", "share:car"]
    assert table.columns == expected
    assert table.is_empty()
