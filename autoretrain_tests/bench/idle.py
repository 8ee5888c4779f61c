"""What waiting costs: the ticks of a home with a year of filled days on which nothing happens, and their memory."""

import gc
import statistics
import time
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import polars as pl
import psutil

from autoretrain_assets import founding
from autoretrain_assets.config import parse_settings
from autoretrain_assets.definitions import build
from autoretrain_assets.home import Home
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.schema import CVAT_TASKS, DRIFT, MINED_SAMPLES, RAW_FEEDBACK, empty
from autoretrain_tests.bench.printing import Inputs, say
from autoretrain_tests.tables import annotation, annotations

SENSORS = ("feedback_arrived", "answers_finished", "retraining_due", "broken_off", "tidied")
DAYS, IMAGES = 365, 20


def run(inputs: Inputs) -> None:
    """365 filled days of 20 labelled images, nothing new: each sensor's tick in this process, and the memory of many."""
    home = filled_home(inputs)
    ticks = inputs.size(300, 20)
    definitions = build(home.root)
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        times = {name: _ticks(name, instance, definitions, home, ticks // 10) for name in SENSORS}
        gc.collect()
        before = psutil.Process().memory_info().rss
        for name in SENSORS:
            times[name] += _ticks(name, instance, definitions, home, ticks)
        gc.collect()
        grown = psutil.Process().memory_info().rss - before
    for name, seconds in times.items():
        first, usual, slowest = seconds[0], statistics.median(seconds), max(seconds[1:])
        say(
            f"{name}: {usual * 1000:.0f} ms a tick (the first {first * 1000:.0f}, the slowest other {slowest * 1000:.0f})"
        )
    say(f"memory grew by {grown / 1e6:.1f} MB over {ticks * len(SENSORS)} ticks")


def _ticks(name: str, instance: dg.DagsterInstance, definitions: dg.Definitions, home: Home, count: int) -> list[float]:
    """Seconds of each tick, with the cursor of the one before, as the daemon does it."""
    sensor, cursor, seconds = definitions.resolve_sensor_def(name), None, []
    for _ in range(count):
        began = time.perf_counter()
        with dg.build_sensor_context(
            instance=instance,
            cursor=cursor,
            sensor_name=name,
            definitions=definitions,
            resources={"home": HomeResource(root=str(home.root))},
        ) as context:
            answer = sensor.evaluate_tick(context)
        seconds.append(time.perf_counter() - began)
        cursor = answer.cursor or cursor
    return seconds


def filled_home(inputs: Inputs) -> Home:
    """A home with a year of days, each with labelled images and a task that was collected."""
    home = founding.lay_out(
        inputs.work / "home", parse_settings("dataset: {classes: [car]}\nretrain: {min_new_labels: 100000}")
    )
    for number in range(inputs.size(DAYS, 30)):
        day = date(2025, 1, 1) + timedelta(days=number)
        key = f"{day}-00000000"
        rows = annotations(*(annotation(f"{day}-{image}") for image in range(IMAGES)))
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        task = {
            "key": key,
            "task_id": key,
            "url": "",
            "state": "open",
            "opened_at": noon,
            "images": rows["sha256"].to_list(),
        }
        home.raw_feedback.write(day, empty(RAW_FEEDBACK))
        home.drift_report.write(day, empty(DRIFT))
        home.mined_samples.write(day, empty(MINED_SAMPLES))
        home.cvat_tasks.write(day, pl.DataFrame([task], schema=CVAT_TASKS))
        home.annotations.write(day, rows.with_columns(task_key=pl.lit(key), captured_at=pl.lit(noon)))
    return home
