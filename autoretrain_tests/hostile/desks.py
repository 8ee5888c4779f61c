"""Feed an inbox and take in what lies in it, on all days."""

from datetime import date

from autoretrain_assets.feedback import intake
from autoretrain_assets.feedback.inbox import pending
from autoretrain_tests.feedback.test_intake import CLASSES, NOW, RULES

FIRST = date(2026, 1, 1)


def put(desk, name, event, image, suffix=".jpg"):
    """Lay the event and its image into the inbox."""
    if image is not None:
        (desk.inbox / f"{name}{suffix}").write_bytes(image)
    (desk.inbox / f"{name}.json").write_bytes(event)


def run_all(desk):
    """One pass over all days; returns how many files were waiting."""
    waiting = pending(desk.inbox, FIRST, NOW, RULES)
    for files in waiting.values():
        receipt = intake.receive(files, desk.table, desk.frames, desk.quarantine, RULES, CLASSES, NOW)
        desk.table = receipt.table
        intake.discard(receipt, RULES)
    return sum(map(len, waiting.values()))
