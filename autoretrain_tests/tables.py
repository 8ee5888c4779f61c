"""Small tables for tests, in the package's own schemas."""

from datetime import UTC, datetime, timedelta

import polars as pl

from autoretrain_assets.schema import ANNOTATIONS, conform

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def box(label="car", x1=10.0, y1=10.0, x2=50.0, y2=40.0, confidence=None):
    """One box as a row holds it."""
    return {"label": label, "x1": x1, "y1": y1, "x2": x2, "y2": y2, "confidence": confidence}


def annotation(name, *, seconds=0.0, source="cam", phash=None, boxes=None, reasons=(), finished=0, annotator="ann"):
    """One reviewed image; its perceptual hash is its own unless one is given."""
    at = NOON + timedelta(seconds=seconds)
    return {
        "sha256": name,
        "width": 160,
        "height": 120,
        "captured_at": at,
        "source": source,
        "domain": None,
        "phash": hash_of(name) if phash is None else phash,
        "brightness": 100.0,
        "contrast": 40.0,
        "sharpness": 9.0,
        "group": f"{source}/{at:%Y%m%dT%H%M%S}",
        "event_ids": [f"event-{name}"],
        "reasons": list(reasons),
        "arm": "mined",
        "task_key": "task",
        "boxes": [box()] if boxes is None else boxes,
        "annotator": annotator,
        "finished_at": NOON + timedelta(hours=finished),
        "quality": None,
    }


def annotations(*rows):
    """A table of schema.ANNOTATIONS."""
    return conform(pl.DataFrame(list(rows), schema_overrides=ANNOTATIONS, infer_schema_length=None), ANNOTATIONS)


def hash_of(name):
    """64 bits that differ in about half their places from those of any other name."""
    import hashlib

    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
