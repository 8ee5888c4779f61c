"""What benches share: their inputs, a stopwatch, and one way to print."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Inputs:
    """Where the real data is, and a folder to work in."""

    data: Path
    weights: Path
    epochs: int
    work: Path

    def has(self, *names: str) -> bool:
        """Whether the real data is here; says so where it is not."""
        missing = [path for path in (self.weights, *(self.data / name for name in names)) if not path.exists()]
        if missing:
            say(f"skipped: {missing[0]} is not on this machine")
        return not missing


def say(line: str) -> None:
    """Print at once, for benches run for long."""
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


def seconds(work: Callable[[], object]) -> float:
    """The wall time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def beside(
    name: str,
    work: Callable[[int], object],
    anchor_name: str,
    anchor: Callable[[int], object],
    *,
    count: int,
    unit: str,
    rounds: int = 5,
) -> None:
    """Time both in turns and print the medians and their ratio; each is handed the number of the round."""
    times = [(seconds(lambda at=at: work(at)), seconds(lambda at=at: anchor(at))) for at in range(rounds)]
    mine, its = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(left / right for left, right in times)
    say(
        f"{name}: {count / mine:,.0f} {unit}/s ({mine:.2f} s for {count:,}); {anchor_name}: {its:.2f} s; ratio {ratio:.2f}, median of {rounds}"
    )
