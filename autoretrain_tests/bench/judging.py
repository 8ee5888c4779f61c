"""Events alone, from their bytes to the tables of ten days: no file is opened and no image is looked at."""

import json
import resource
from datetime import date, timedelta

import polars as pl

from autoretrain_assets.feedback.event import parse
from autoretrain_assets.feedback.judging import Row, row_of
from autoretrain_assets.schema import RAW_FEEDBACK, conform
from autoretrain_assets.tables import Table
from autoretrain_tests.bench import events
from autoretrain_tests.bench.printing import Inputs, in_turns, say

FIRST, DAYS = date(2025, 3, 3), 10


def run(inputs: Inputs) -> None:
    """A million events without images, against parsing the same JSON by the standard library."""
    count = inputs.size(1_000_000, 1000)
    events.fill(inputs.work / "inbox", inputs, FIRST, 1)
    [file] = (inputs.work / "inbox").rglob("*.json")
    said, table = json.loads(file.read_bytes()), Table(inputs.work / "table", RAW_FEEDBACK)
    lines = [json.dumps(said | {"event_id": f"gate-{number}"}).encode() for number in range(count // DAYS)]
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


def _day(lines: list[bytes], day: date, table: Table) -> None:
    rows: list[Row] = [row_of(parse(line), "0" * 64, 640, 480) for line in lines]
    table.write(day, conform(pl.DataFrame(rows, schema=RAW_FEEDBACK), RAW_FEEDBACK))


def _read(lines: list[bytes]) -> None:
    for line in lines:
        json.loads(line)
