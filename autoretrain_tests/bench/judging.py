"""Events alone, from their bytes to the tables of ten days: no file is opened and no image is looked at."""

import json
import resource
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from autoretrain_assets.feedback.event import parse
from autoretrain_assets.feedback.fitting import check_against_image
from autoretrain_assets.feedback.known import Known
from autoretrain_assets.images import ImageFacts
from autoretrain_assets.schema import RAW_FEEDBACK
from autoretrain_assets.tables import Table
from autoretrain_tests.bench import events
from autoretrain_tests.bench.printing import Inputs, in_turns, say

SHA256 = "0" * 64
FIRST, DAYS, SECONDS_OF_A_DAY = date(2025, 3, 3), 10, 86_400
IMAGE, CLASSES = ImageFacts("jpg", 640, 480, phash=0, brightness=0, contrast=0, sharpness=0), ("car", "bus")


def run(inputs: Inputs) -> None:
    """A million events without images, against parsing the same JSON by the standard library."""
    count = inputs.size(1_000_000, 1000)
    events.fill(inputs.work / "inbox", inputs, FIRST, 1)
    [file] = (inputs.work / "inbox").rglob("*.json")
    said, table = json.loads(file.read_bytes()), Table(inputs.work / "table", RAW_FEEDBACK)
    lines = [_line(said, number) for number in range(count // DAYS)]
    works = {
        "judged": lambda _: [_day(lines, FIRST + timedelta(days=day), table) for day in range(DAYS)],
        "json": lambda _: [_read(lines) for _ in range(DAYS)],
    }
    times = {name: min(own) for name, own in in_turns(works, 1).items()}
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(
        f"{count:,} events of {len(lines[0])} bytes: {count / times['judged']:,.0f} events/s, at most {most:.0f} MB; "
        f"json.loads alone {count / times['json']:,.0f} events/s, ratio {times['judged'] / times['json']:.1f}"
    )


def _line(said: dict[str, Any], number: int) -> bytes:
    """Events have ids and times of their own."""
    captured = datetime.combine(FIRST, time(), UTC) + timedelta(seconds=number % SECONDS_OF_A_DAY)
    return json.dumps(said | {"event_id": f"gate-{number}", "captured_at": captured.isoformat()}).encode()


def _day(lines: list[bytes], day: date, table: Table) -> None:
    known = Known(table.read(day))
    for line in lines:
        event = parse(line)
        check_against_image(event, IMAGE.width, IMAGE.height, CLASSES)
        known.add(event, SHA256, IMAGE)
    table.write(day, known.added())


def _read(lines: list[bytes]) -> None:
    for line in lines:
        json.loads(line)
