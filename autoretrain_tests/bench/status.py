"""How long an owner waits for `autoretrain status` on a home with a year of filled days, process start included."""

import statistics
import subprocess
import sys

from autoretrain_tests.bench.idle import filled_home
from autoretrain_tests.bench.printing import Inputs, in_turns, say

BARE = "import polars, pydantic, typer, ruamel.yaml"
"""The anchor: a Python that imports the libraries that any answer needs, and does nothing."""


def run(inputs: Inputs) -> None:
    """`autoretrain status` on 365 filled days, as a process of its own, beside a Python that only imports libraries."""
    home = filled_home(inputs)
    command = [sys.executable, "-m", "autoretrain_assets.cli", "status", "--home", str(home.root)]

    def call(arguments: list[str]) -> None:
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)

    works = {
        "status": lambda _: call(command),
        "imports alone": lambda _: call([sys.executable, "-c", BARE]),
    }
    times = in_turns(works, inputs.size(9, 1))
    usual = {name: statistics.median(own) for name, own in times.items()}
    say(
        f"status: {usual['status']:.2f} s (fastest {min(times['status']):.2f}), of which {usual['imports alone']:.2f} s "
        f"Python and its libraries; median of {len(times['status'])}"
    )
