"""Days of events for the tests of mining."""

import hashlib
from datetime import UTC, datetime, timedelta

import polars as pl

from autoretrain_assets.schema import RAW_FEEDBACK

START = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
MISSED = {"kind": "missed", "label": "car", "x1": 0.0, "y1": 0.0, "x2": 9.0, "y2": 9.0}


def name_of(image):
    return hashlib.sha256(str(image).encode()).hexdigest()


def box(confidence, x=0.0, label="car", size=10.0):
    x = float(x)
    return {"label": label, "x1": x, "y1": 0.0, "x2": x + size, "y2": size, "confidence": confidence}


def event(number, boxes=(), *, at=None, image=None, source="cam", phash=None, reported=False, **other):
    """An event; unless told otherwise its image is its own, unlike all others, and minutes from them."""
    image = number if image is None else image
    return {
        "sha256": name_of(image),
        "width": 640,
        "height": 480,
        "captured_at": START + timedelta(seconds=100.0 * number if at is None else at),
        "source": source,
        "domain": None,
        "phash": int(name_of(image)[:16], 16) if phash is None else phash,
        "brightness": 100.0,
        "contrast": 30.0,
        "sharpness": 50.0,
        "event_id": f"e{number:03}",
        "model_version": "v0001",
        "trigger": "uncertain",
        "probability": None,
        "predictions": list(boxes),
        "verdicts": [MISSED] if reported else [],
    } | other


def table(*events):
    return pl.DataFrame(list(events), schema=RAW_FEEDBACK)
