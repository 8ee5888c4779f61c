"""Kill the daemon, its code server, a run's worker or a training at random moments; start again; look what is left.

`make crash N=100` (python -m autoretrain_tests.crash.random_kills N SEED) prints kills, violations and seconds.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from autoretrain_assets.home import Home
from autoretrain_assets.replay import camera
from autoretrain_assets.replay.camera import Shoot
from autoretrain_tests.crash.invariants import violations
from autoretrain_tests.crash.story import is_at_rest
from autoretrain_tests.loop import living

PATIENCE = 900
"""Seconds that a home may need to come to rest after the last kill."""
KINDS = {"training.worker": "training", "api grpc": "code server", "spawn_main": "run worker"}
HALF = 0.5
WAVES = 4
"""The events come in so many parts, spread over the kills."""


@dataclass
class Tally:
    """What was killed, and how it ended."""

    killed: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0
    versions: int = 0

    def __str__(self) -> str:
        """One line."""
        kinds = ", ".join(f"{count} of a {kind}" for kind, count in sorted(self.killed.items()))
        return (
            f"{self.killed.total()} kills ({kinds}), {len(self.violations)} violations, "
            f"{self.versions} versions made, {self.seconds:.0f} s"
        )


def torment(home: Home, truth: Path, kills: int, seed: int) -> Tally:
    """Let the home live through `kills` kills while its inbox fills again; then let it come to rest."""
    chance, tally, began = random.Random(seed), Tally(), time.monotonic()
    later = home.root.with_name(f"{home.root.name}-later")
    home.inbox.rename(later)
    home.inbox.mkdir()
    events = sorted(later.rglob("*.json"))
    sent = [path.stem for path in events]
    with living.person(home, truth), ExitStack() as stack:
        daemon = stack.enter_context(living.daemon(home))
        while (number := tally.killed.total()) < kills:
            if len(events) > len(sent) - (number * WAVES // kills + 1) * (len(sent) // WAVES + 1):
                _arrive(events, len(sent) // WAVES + 1, later, home.inbox)
            if kind := _kill_one(daemon.pid, chance):
                tally.killed[kind] += 1
            if daemon.poll() is not None:
                daemon = stack.enter_context(living.daemon(home))
        _arrive(events, len(events), later, home.inbox)
        living.wait_until(lambda: is_at_rest(home), PATIENCE, home.root.parent / f"{home.root.name}-daemon.log")
    tally.violations = [*violations(home, sent), *_orphans(home)]
    tally.versions = len(home.store.tags())
    tally.seconds = time.monotonic() - began
    return tally


def _arrive(events: list[Path], count: int, later: Path, inbox: Path) -> None:
    """The next events come, each image before the event that names it, by renames as production's client does it."""
    for event in [events.pop() for _ in range(min(count, len(events)))]:
        target = inbox / event.relative_to(later)
        target.parent.mkdir(parents=True, exist_ok=True)
        for path in (event.with_suffix(".jpg"), event):
            path.rename(target.with_suffix(path.suffix))


def _kill_one(daemon: int, chance: random.Random) -> str | None:
    """SIGKILL one process of the home at a random moment, in half of the cases one that works; answers what it was.

    None where it had just ended by itself.
    """
    until = time.monotonic() + chance.uniform(0.2, 6.0)
    wanted = chance.random() < HALF
    while time.monotonic() < until and not (wanted and _working(daemon)):
        time.sleep(0.05)
    if wanted:
        time.sleep(chance.uniform(0.0, 2.0))
    try:
        victim = chance.choice((wanted and _working(daemon)) or _all(daemon))
        kind = _kind(victim, daemon)
        os.kill(victim.pid, signal.SIGKILL)
    except (psutil.Error, ProcessLookupError):
        return None
    if victim.pid == daemon:
        psutil.wait_procs([victim], timeout=10)
    return kind


def _all(daemon: int) -> list[psutil.Process]:
    process = psutil.Process(daemon)
    return [process, *process.children(recursive=True)]


def _working(daemon: int) -> list[psutil.Process]:
    """The workers of runs, and their trainings."""
    try:
        return [process for process in _all(daemon) if _kind(process, daemon) in {"training", "run worker"}]
    except psutil.Error:
        return []


def _kind(process: psutil.Process, daemon: int) -> str:
    if process.pid == daemon:
        return "daemon"
    words = " ".join(process.cmdline())
    return next((kind for mark, kind in KINDS.items() if mark in words), "helper of Dagster's")


def _orphans(home: Home) -> list[str]:
    """Processes of the home that outlived its daemon and its person."""
    commands = {process.pid: " ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])}
    left = {pid: command for pid, command in commands.items() if str(home.root) in command}
    return [f"process {pid} outlived the daemon: {command[:80]}" for pid, command in left.items()]


DAY = (Shoot("day", "train", "day", 3), Shoot("day", "val", "day", 4))
NIGHT = (Shoot("night", "train", "night", 40), Shoot("night", "val", "night", 1))
SETTINGS = [
    "automation.attempts=1000",
    "retrain.min_new_labels=8",
    "retrain.min_new_labels_on_drift=8",
    "training.threads=1",
    "training.imgsz=64",
]
"""Whoever is killed so often needs many attempts; a version is due every few labels."""


def made(root: Path) -> tuple[Home, Path]:
    """A home with four days of events in its inbox, and the truth about them."""
    days, nights = camera.draw(root / "days", 0, DAY), camera.draw(root / "nights", 1, NIGHT)
    home = living.founded(root / "home", days, SETTINGS)
    return home, living.report(home, nights, "night", days=4)


def main() -> int:
    """Kill N times, with SEED."""
    kills, seed = (int(word) for word in [*sys.argv[1:], "0"][:2])
    with tempfile.TemporaryDirectory(prefix="autoretrain-crash-") as root:
        home, truth = made(Path(root))
        tally = torment(home, truth, kills, seed)
    for sentence in tally.violations:
        sys.stdout.write(f"  {sentence}\n")
    sys.stdout.write(f"{tally}\n")
    return 1 if tally.violations else 0


if __name__ == "__main__":
    sys.exit(main())
