"""Intake of a day, against reading and hashing the same files."""

import hashlib
import shutil
from datetime import UTC, date, datetime

from autoretrain_assets.config.settings import Feedback
from autoretrain_assets.feedback import intake
from autoretrain_assets.feedback.frames import Frames
from autoretrain_assets.feedback.inbox import pending
from autoretrain_assets.schema import RAW_FEEDBACK, empty
from autoretrain_assets.tables import Table
from autoretrain_tests.bench import events
from autoretrain_tests.bench.printing import Inputs, beside, in_turns, say

DAY = date(2025, 3, 3)


def run(inputs: Inputs) -> None:
    """2,000 events with an image each, from the inbox to the day's table, against read + sha256 of the files."""
    count = inputs.size(2000)
    filled, settings = inputs.work / "filled", Feedback()
    events.fill(filled, inputs, DAY, count)
    for turn in range(inputs.rounds):
        shutil.copytree(filled, inputs.work / f"inbox{turn}")

    def take_in(turn: int) -> None:
        root, now = inputs.work / str(turn), datetime.now(UTC)
        files = pending(inputs.work / f"inbox{turn}", DAY, now, settings)[DAY]
        receipt = intake.receive(
            files, empty(RAW_FEEDBACK), Frames(root / "frames"), root / "bad", settings, ["car"], now
        )
        if receipt.accepted != count:
            raise AssertionError(f"intake accepted {receipt.accepted} of {count} events: {receipt.quarantined}")
        Table(root / "table", RAW_FEEDBACK).write(DAY, receipt.table)
        intake.discard(receipt, settings)

    def read(_: int) -> None:
        for path in filled.rglob("*.*"):
            hashlib.sha256(path.read_bytes()).hexdigest()

    size = sum(path.stat().st_size for path in filled.rglob("*.jpg"))
    say(f"{count:,} events, each with an image of {size / count / 1000:.0f} KB ({events.kind_of_images(inputs)})")
    beside(in_turns({"intake": take_in, "read and hash": read}, inputs.rounds), "read and hash", count, "events")
