"""Intake of a day, against reading and hashing the same files; and what of it is decoding and what flushing."""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback import intake
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.images import measure
from autoretrain_assets.schema import RAW_FEEDBACK, empty
from autoretrain_assets.tables import Table
from autoretrain_tests.bench import events
from autoretrain_tests.bench.printing import Inputs, beside, in_turns, say

DAY = date(2025, 3, 3)
RULES = Feedback()


def run(inputs: Inputs) -> None:
    """2,000 events with an image each, from the inbox to the day's table, against read + sha256 of the files."""
    count, filled = inputs.size(2000), inputs.work / "filled"
    events.fill(filled, inputs, DAY, count)
    for turn in range(inputs.rounds):
        shutil.copytree(filled, inputs.work / f"inbox{turn}")
    size = sum(path.stat().st_size for path in filled.rglob("*.jpg"))
    say(f"{count:,} events, each with an image of {size / count / 1000:.0f} KB ({events.kind_of_images(inputs)})")
    works = {
        "intake": lambda turn: _take_in(inputs.work / f"inbox{turn}", inputs.work / str(turn), count),
        "full decode alone": lambda _: [measure(image, RULES.max_image_pixels) for image in _images(filled)],
        "keeping alone": lambda turn: _keep(filled, inputs.work / f"kept{turn}"),
        "read and hash": lambda _: [hashlib.sha256(path.read_bytes()).digest() for path in filled.rglob("*.*")],
    }
    beside(in_turns(works, inputs.rounds), "read and hash", count, "events")


def _take_in(inbox: Path, root: Path, count: int) -> None:
    now = datetime.now(UTC)
    files = pending(inbox, DAY, now, RULES)[DAY]
    receipt = intake.receive(files, empty(RAW_FEEDBACK), Frames(root / "frames"), root / "bad", RULES, ["car"], now)
    if receipt.accepted != count:
        raise AssertionError(f"intake accepted {receipt.accepted} of {count} events: {receipt.quarantined}")
    Table(root / "table", RAW_FEEDBACK).write(DAY, receipt.table)
    intake.discard(receipt, RULES)


def _images(folder: Path) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in folder.rglob("*.jpg"))


def _keep(filled: Path, folder: Path) -> None:
    """Each image flushed to the disk, as an accepted one is."""
    frames = Frames(folder)
    for image in _images(filled):
        frames.put(image, "jpg")
