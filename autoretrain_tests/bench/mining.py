"""Mining of a large day, against reading its table."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from autoretrain_assets.config.settings import Mining
from autoretrain_assets.mining.selection import mine
from autoretrain_assets.schema import RAW_FEEDBACK, UTC_TIME
from autoretrain_tests.bench.printing import Inputs, beside, in_turns

MIDNIGHT = datetime(2025, 3, 3, tzinfo=UTC)
SOURCES = 50


def run(inputs: Inputs) -> None:
    """100,000 events of a day mined for 1,000 images, against polars reading the same Parquet file."""
    count, path = inputs.size(100_000), inputs.work / "raw.parquet"
    _events(count).write_parquet(path)
    nothing, settings = pl.Series("sha256", [], dtype=pl.String), Mining(budget_per_day=1000)
    works = {
        "mining, read included": lambda _: mine(pl.read_parquet(path), settings, 60.0, nothing, 0),
        "read": lambda _: pl.read_parquet(path),
    }
    beside(in_turns(works, inputs.rounds), "read", count, "events")


def _events(count: int) -> pl.DataFrame:
    """Events all over the day, with one to three boxes of any confidence; one in fifty was reported."""
    random = np.random.default_rng(0)
    names = [random.bytes(32).hex() for _ in range(count)]
    facts = {
        "sha256": names,
        "width": 640,
        "height": 480,
        "captured_at": [MIDNIGHT + timedelta(seconds=86_399 * number / count) for number in range(count)],
        "source": [f"cam{number % SOURCES}" for number in range(count)],
        "domain": None,
        "phash": random.integers(0, 2**64, count, dtype=np.uint64),
        "brightness": 100.0,
        "contrast": 30.0,
        "sharpness": 50.0,
        "event_id": names,
        "model_version": "v0001",
        "trigger": "uncertain",
        "probability": None,
        "predictions": [[_box(*pair) for pair in random.uniform(0, 1, (1 + at % 3, 2))] for at in range(count)],
        "verdicts": [[_missed()] if at % 50 == 0 else [] for at in range(count)],
    }
    return pl.DataFrame(facts, schema=RAW_FEEDBACK | {"captured_at": UTC_TIME})


def _box(place: float, confidence: float) -> dict[str, object]:
    left = 500 * place
    return {"label": "car", "x1": left, "y1": 10.0, "x2": left + 90, "y2": 70.0, "confidence": confidence}


def _missed() -> dict[str, object]:
    return {"kind": "missed", "label": "car", "x1": 1.0, "y1": 1.0, "x2": 60.0, "y2": 60.0}
