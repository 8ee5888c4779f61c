"""The daemon on a year of filled days on which nothing happens, ticking every second: its memory and its database."""

import sys
import time

import dagster as dg
import psutil

from autoretrain_assets.founding import place_dagster
from autoretrain_assets.home import Home
from autoretrain_tests.bench.idle import SENSORS, filled_home
from autoretrain_tests.bench.printing import Inputs, say
from autoretrain_tests.loop import living

PATIENCE = 120


def run(inputs: Inputs) -> None:
    """The daemon for --minutes on that home, every sensor due each second: memory of all its processes, ticks."""
    home = filled_home(inputs, "automation: {poll_seconds: 1}")
    place_dagster(home)
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance, living.daemon(home) as process:
        log = home.root.parent / f"{home.root.name}-daemon.log"
        living.wait_until(lambda: _ticks(instance) >= len(SENSORS), PATIENCE, log)
        began, readings = time.monotonic(), [(0.0, _megabytes(process.pid))]
        while readings[-1][0] < inputs.minutes:
            time.sleep(min(60.0, inputs.minutes * 60 - readings[-1][0] * 60))
            readings.append(((time.monotonic() - began) / 60, _megabytes(process.pid)))
            sys.stderr.write(f"{readings[-1][0]:.0f} min: {readings[-1][1]:.0f} MB\n")
        ticks = _ticks(instance)
    tenth = max(1, len(readings) // 10)
    early, late = readings[tenth], readings[-1]
    say(f"{ticks} ticks in {late[0]:.0f} minutes, {_database(home):.1f} MB of Dagster's files")
    say(
        f"all processes: {readings[0][1]:.0f} MB at first, {early[1]:.0f} after {early[0]:.0f} min, {late[1]:.0f} at last"
    )


def _ticks(instance: dg.DagsterInstance) -> int:
    """Of all sensors."""
    states = instance.all_instigator_state()
    return sum(len(instance.get_ticks(state.instigator_origin_id, state.selector_id)) for state in states)


def _megabytes(daemon: int) -> float:
    """What the daemon and all that it started hold, shared pages once for each."""
    process = psutil.Process(daemon)
    return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)]) / 1e6


def _database(home: Home) -> float:
    return sum(path.stat().st_size for path in home.dagster.rglob("*") if path.is_file()) / 1e6
