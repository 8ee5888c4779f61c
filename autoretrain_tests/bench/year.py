"""A backfill of a year by the command: 365 days of 100 events with images, and the same again."""

import resource
import statistics
import time
from datetime import UTC, date, datetime, timedelta

from autoretrain_assets import due, founding
from autoretrain_assets.commands.runs import backfill
from autoretrain_assets.config import parse_settings
from autoretrain_assets.home import Home
from autoretrain_tests.bench import events
from autoretrain_tests.bench.printing import Inputs, say, seconds

FIRST = date(2025, 1, 1)
DAYS, EVENTS, MONTH = 365, 100, 30


def run(inputs: Inputs) -> None:
    """`autoretrain backfill` of a year that waits in the inbox, then again with nothing new."""
    days = inputs.size(DAYS, 4)
    home = founding.lay_out(inputs.work / "home", parse_settings("dataset: {classes: [car]}"))
    for number in range(days):
        events.fill(home.inbox, inputs, FIRST + timedelta(days=number), EVENTS)
    say(f"{days} days of {EVENTS} events wait, {events.kind_of_images(inputs)}")
    say(f"what is due, asked first: {seconds(lambda: due.events(home, datetime.now(UTC))):.2f} s")
    _pass(home, days, "taken in")
    before = _tasks(home)
    _pass(home, days, "again, nothing new")
    same = "the same" if _tasks(home) == before else "NOT the same"
    say(f"{len(before)} tasks after the first, {same} after the second")
    say(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory")


def _pass(home: Home, days: int, name: str) -> None:
    times, began = [], time.perf_counter()
    for _ in backfill(home.root, FIRST, FIRST + timedelta(days=days - 1), mining_only=False):
        times.append(time.perf_counter() - began)
        began = time.perf_counter()
    first, last = statistics.median(times[1:MONTH]), statistics.median(times[-MONTH:])
    say(f"{name}: {sum(times):.0f} s, {first:.2f} s a day in the first month, {last:.2f} s in the last")


def _tasks(home: Home) -> list[str]:
    return sorted(home.cvat_tasks.query().select("key")["key"])
