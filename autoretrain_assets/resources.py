"""What assets are handed: the home that the code location serves."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from autoretrain_assets.home import Home
from autoretrain_assets.locks import held

PARTITION = "dagster/partition"
DAY = re.compile(r"\d{4}-\d\d-\d\d")


class HomeResource(dg.ConfigurableResource["HomeResource"]):
    """Opens the home anew in each run, so that a change of its settings counts from the next run on.

    A run shows that it lives by a lock that falls with its process, and runs of days take turns, as do
    runs of versions: each finds what the other left.
    """

    root: str
    _run_id: str | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["HomeResource"]:
        """For the length of a run, hold its locks."""
        with ExitStack() as locks:
            if context.run is not None:
                self._run_id = context.run.run_id
                locks.callback(setattr, self, "_run_id", None)
                home = Path(self.root)
                life = alive(home, context.run.run_id)
                locks.enter_context(held(life))
                # Dagster hears of a run's end only after this: a lock that fell with a killed process is empty.
                locks.callback(life.write_text, "ended\n", encoding="utf-8")
                locks.enter_context(held(turn(home, context.run.tags.get(PARTITION))))
            yield self

    def open(self) -> Home:
        """The home; raises SettingsError where its settings are wrong."""
        return Home.open(Path(self.root), self._run_id)


def alive(home: Path, run_id: str) -> Path:
    """The lock that the process of a run holds."""
    return home / "work" / "runs" / f"{run_id}.lock"


def turn(home: Path, partition: str | None) -> Path:
    """The lock of a run's turn: a scene that crosses midnight has one name, and versions are measured one by one."""
    return turns(home)[0 if partition and DAY.fullmatch(partition) else 1]


def by_hand(home: Path) -> Path:
    """The lock of who moves production, or gives a version up, beside any run."""
    return home / "work" / "locks" / "by-hand.lock"


def turns(home: Path) -> tuple[Path, Path]:
    """The locks of the runs of days and of the runs of versions."""
    return home / "work" / "locks" / "days.lock", home / "work" / "locks" / "versions.lock"
