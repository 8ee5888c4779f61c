"""The tasks that a day's new samples become, as they are noted before a backend is asked."""

import hashlib
from datetime import UTC, date, datetime

import polars as pl

from autoretrain_assets.config import Settings
from autoretrain_assets.labeling.again import key_after
from autoretrain_assets.mining.lots import lots
from autoretrain_assets.schema import CVAT_TASKS


def noted(day: date, fresh: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """A task of all the `fresh` samples, and a second one of those that two people are to label."""
    images = sorted(fresh["sha256"])
    key = f"{day}-{hashlib.sha256(' '.join(images).encode()).hexdigest()[:8]}"
    batches = {key: images, key_after(key): _twice(images, settings)}
    now = datetime.now(UTC)
    rows = [
        {"key": key, "task_id": None, "url": None, "state": "opening", "opened_at": now, "images": some}
        for key, some in batches.items()
        if some
    ]
    return pl.DataFrame(rows, schema=CVAT_TASKS)


def _twice(images: list[str], settings: Settings) -> list[str]:
    """Those that are drawn, each by itself, whatever other images the day has."""
    # By another seed than mining draws by: by the same it would be just the images that were chosen by lot.
    lot = lots(pl.Series(images, dtype=pl.String), settings.seed + 1).cast(pl.Float64) / 2**64
    return [image for image, is_drawn in zip(images, lot < settings.labeling.twice_share, strict=True) if is_drawn]
