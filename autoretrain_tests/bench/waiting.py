"""The daemon on a year of filled days on which nothing happens, ticking every second: its memory and its database."""

import time

import dagster as dg
import psutil

from autoretrain_assets.founding import place_dagster
from autoretrain_assets.home import Home
from autoretrain_tests.bench.idle import SENSORS, filled_home
from autoretrain_tests.bench.printing import Inputs, say
from autoretrain_tests.loop import living

PATIENCE = 120
SECONDS = 20
"""Between two readings; each minute Dagster loads the code anew, and holds it twice for a while."""


def run(inputs: Inputs) -> None:
    """The daemon for --minutes on that home, every sensor due each second: memory of all its processes, ticks."""
    home = filled_home(inputs, "automation: {poll_seconds: 1}")
    place_dagster(home)
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance, living.daemon(home) as process:
        log = home.root.parent / f"{home.root.name}-daemon.log"
        living.wait_until(lambda: _ticks(instance) >= len(SENSORS), PATIENCE, log)
        readings = [_megabytes(process.pid)]
        for _ in range(max(1, round(inputs.minutes * 60 / SECONDS))):
            time.sleep(SECONDS)
            readings.append(_megabytes(process.pid))
        ticks = _ticks(instance)
    some = max(1, len(readings) // 10)
    early, late, most = (min(readings[:some]), min(readings[-some:]), max(readings))
    say(f"{ticks} ticks in {inputs.minutes:.0f} minutes, {_database(home):.1f} MB of Dagster's files")
    say(f"all processes: {early:.0f} MB at first, {late:.0f} at last, {most:.0f} while Dagster reloads the code")


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
