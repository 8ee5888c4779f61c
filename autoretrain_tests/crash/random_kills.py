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

PATIENCE = 300
"""Seconds that a home may need to come to rest after the last kill."""
KINDS = {"training.worker": "training", "api grpc": "code server", "execute_run": "run worker"}
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
        for number in range(kills):
            if number % max(1, kills // WAVES) == 0:
                _arrive(events, len(sent) // WAVES + 1, later, home.inbox)
            time.sleep(chance.uniform(0.2, 6.0))
            tally.killed[_kill_one(daemon.pid, chance)] += 1
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


def _kill_one(daemon: int, chance: random.Random) -> str:
    """SIGKILL the daemon or one of the processes below it; answers what it was."""
    try:
        below = psutil.Process(daemon).children(recursive=True)
        victim = chance.choice([psutil.Process(daemon), *below])
        words = " ".join(victim.cmdline())
        os.kill(victim.pid, signal.SIGKILL)
    except (psutil.Error, ProcessLookupError):
        return "process that had just ended"
    if victim.pid == daemon:
        psutil.wait_procs([victim], timeout=10)
        return "daemon"
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
