"""The rooms alone: intake, store, mining, metrics."""

import contextlib
import hashlib
import io
import os
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from PIL import Image

from autoretrain_assets.config.settings import Evaluation, Feedback, Mining
from autoretrain_assets.evaluation.metrics import measure
from autoretrain_assets.feedback import intake as intake_stage
from autoretrain_assets.feedback.client import write_event
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.mining.selection import mine
from autoretrain_assets.schema import RAW_FEEDBACK, empty
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.bench.printing import Inputs, beside
from autoretrain_tests.evaluation.test_metrics import CLASSES, by_pycocotools, random_world
from autoretrain_tests.tables import NOON

DAY = NOON.date()
EVENTS, FILES, FILE_BYTES, SAMPLES, TEST_IMAGES = 1000, 2000, 60_000, 100_000, 1000


def intake(inputs: Inputs) -> None:
    """A day of events with 640 x 480 images, against reading and hashing the same images."""
    for turn in range(3):
        _fill(inputs.work / f"inbox{turn}")

    def receive(turn: int) -> None:
        root, now = inputs.work / f"inbox{turn}", datetime(2026, 4, 1, tzinfo=UTC)
        files = pending(root, date(2026, 1, 1), now, Feedback())[DAY]
        frames = Frames(inputs.work / f"frames{turn}")
        intake_stage.receive(files, empty(RAW_FEEDBACK), frames, inputs.work / "bad", Feedback(), [], now)

    def read(turn: int) -> None:
        for path in (inputs.work / f"inbox{turn}").rglob("*.jpg"):
            hashlib.sha256(path.read_bytes()).hexdigest()

    beside("intake with full decode", receive, "read and hash", read, count=EVENTS, unit="events", rounds=3)


def store(inputs: Inputs) -> None:
    """A commit of 2,000 files of 60 KB, against writing them as files with an fsync each."""
    random = np.random.default_rng(0)
    files = {f"images/{number:05d}.jpg": random.bytes(FILE_BYTES) for number in range(FILES)}

    def commit(turn: int) -> None:
        GitStore(inputs.work / f"store{turn}").commit("main", files, message="bench")

    def copy(turn: int) -> None:
        folder = inputs.work / f"plain{turn}"
        folder.mkdir()
        for number, content in enumerate(files.values()):
            with (folder / str(number)).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())

    beside("git store, commit", commit, "files with fsync", copy, count=FILES, unit="files", rounds=3)


def mining(inputs: Inputs) -> None:
    """100,000 events mined, against reading their table."""
    raw = _events(SAMPLES)
    path = inputs.work / "raw.parquet"
    raw.write_parquet(path)
    nothing = pl.Series("sha256", [], dtype=pl.String)
    beside(
        "mining",
        lambda _: mine(pl.read_parquet(path), Mining(budget_per_day=1000), 60.0, nothing, 0),
        "read the table",
        lambda _: pl.read_parquet(path),
        count=SAMPLES,
        unit="events",
        rounds=3,
    )


def metrics(_: Inputs) -> None:
    """mAP overall, per class and per size of 1,000 images, against pycocotools."""
    truth, predictions = random_world(0, images=TEST_IMAGES)
    slices = truth.select("sha256", slice=pl.lit("all"))

    def pycocotools(_: int) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            by_pycocotools(truth, predictions)

    beside(
        "metrics",
        lambda _: measure("m", truth, predictions, slices, CLASSES, Evaluation(max_detections=100)),
        "pycocotools",
        pycocotools,
        count=TEST_IMAGES,
        unit="images",
        rounds=3,
    )


def _fill(inbox) -> None:
    random = np.random.default_rng(0)
    base = random.integers(0, 255, (480, 640, 3), dtype=np.uint8)
    for number in range(EVENTS):
        base[:4, :, :] = random.integers(0, 255, (4, 640, 3), dtype=np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(base).save(buffer, "JPEG", quality=30)
        event = {
            "event_id": f"e{number}",
            "captured_at": (NOON + timedelta(seconds=number)).isoformat(),
            "source": "cam",
            "trigger": "uncertain",
            "predictions": [{"label": "car", "confidence": 0.3, "x1": 1, "y1": 1, "x2": 90, "y2": 90}] * 5,
        }
        write_event(inbox, event, buffer.getvalue())


def _events(count: int) -> pl.DataFrame:
    random = np.random.default_rng(0)
    names = [f"{number:064x}" for number in range(count)]
    boxes = [
        [{"label": "car", "x1": 1.0, "y1": 1.0, "x2": 50.0, "y2": 50.0, "confidence": float(value)}]
        for value in random.uniform(0, 1, count)
    ]
    return pl.DataFrame(
        {
            "sha256": names,
            "width": 640,
            "height": 480,
            "captured_at": [NOON + timedelta(seconds=number / 2) for number in range(count)],
            "source": [f"cam{number % 50}" for number in range(count)],
            "domain": None,
            "phash": random.integers(0, 2**63, count, dtype=np.uint64),
            "brightness": 1.0,
            "contrast": 1.0,
            "sharpness": 1.0,
            "event_id": names,
            "model_version": "v0001",
            "trigger": "uncertain",
            "probability": None,
            "predictions": boxes,
            "verdicts": [[] for _ in names],
        },
        schema=RAW_FEEDBACK,
    )
