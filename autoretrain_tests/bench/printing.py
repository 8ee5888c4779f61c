"""What benches share: their inputs, a stopwatch, and one way to print."""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Times = Mapping[str, list[float]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where the real data is, a folder to work in, and how much to do."""

    data: Path
    weights: Path
    work: Path
    epochs: int
    images: int
    minutes: float
    quick: bool

    @property
    def rounds(self) -> int:
        """How often a thing is timed, in turns with its anchor."""
        return 1 if self.quick else 3

    def size(self, usual: int, least: int = 20) -> int:
        """The usual amount of work, or the least that still runs."""
        return least if self.quick else usual

    def can_train_on(self, name: str) -> bool:
        """Whether the data set and the weights are here; says so where they are not."""
        missing = next((path for path in (self.data / name, self.weights) if not path.exists()), None)
        if missing is not None:
            say(f"{name}: skipped, for {missing} is not on this machine")
        return missing is None


def say(line: str) -> None:
    """Print at once, for benches run for long."""
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


def seconds(work: Callable[[], object]) -> float:
    """The wall time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(works: Mapping[str, Callable[[int], object]], rounds: int) -> Times:
    """The times of each work; all have their turn in a round, so that a busy moment hurts all alike.

    Each is handed the number of the round, to work in a place of its own.
    """
    turns = [{name: seconds(lambda: work(turn)) for name, work in works.items()} for turn in range(rounds)]  # noqa: B023 - called at once
    return {name: [turn[name] for turn in turns] for name in works}


def beside(times: Times, anchor: str, count: int, unit: str) -> None:
    """Print each work's speed beside the anchor's time: medians, and the median of the rounds' ratios."""
    base = times[anchor]
    for name, own in times.items():
        if name == anchor:
            continue
        took, ratio = statistics.median(own), statistics.median(a / b for a, b in zip(own, base, strict=True))
        say(
            f"{name}: {count / took:,.0f} {unit}/s ({took:.3f} s for {count:,}); {anchor}: {statistics.median(base):.3f} s; "
            f"ratio {ratio:.2f}, median of {len(own)}"
        )
