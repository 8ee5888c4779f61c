"""`make bench`: run all benches, or those named by --only. No figure fails anything; only an error does."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from autoretrain_tests.bench import (
    door,
    idle,
    intake,
    jobs,
    judging,
    labelling,
    lakefs,
    loop,
    metrics,
    mining,
    recipe,
    status,
    store,
    waiting,
    year,
)
from autoretrain_tests.bench.printing import Inputs, say

BENCHES = {
    "intake": intake.run,
    "judging": judging.run,
    "door": door.run,
    "labelling": labelling.run,
    "store": store.run,
    "lakefs": lakefs.run,
    "mining": mining.run,
    "metrics": metrics.run,
    "dagster": jobs.run,
    "status": status.run,
    "idle": idle.run,
    "waiting": waiting.run,
    "year": year.run,
    "recipe": recipe.run,
    "loop": loop.run,
}
"""The quick ones first."""


def main() -> int:
    """Print one block a bench."""
    options = _parser().parse_args()
    if options.list:
        sys.stdout.write("".join(f"{name:10}{bench.__doc__.splitlines()[0]}\n" for name, bench in BENCHES.items()))
        return 0
    for name in options.only or BENCHES:
        busy = f"{os.getloadavg()[0]:.1f} busy of {len(os.sched_getaffinity(0))} cores"
        sys.stdout.write(f"\n{name} ({busy})\n")
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="autoretrain-bench-") as folder:
            inputs = Inputs(
                data=options.data.absolute(),
                weights=options.weights.absolute(),
                work=Path(folder),
                epochs=options.epochs,
                images=options.images,
                minutes=options.minutes,
                quick=options.quick,
            )
            BENCHES[name](inputs)
        say(f"this bench took {time.monotonic() - began:.0f} s")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m autoretrain_tests.bench", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--weights", type=Path, default=Path("../shared/weights/yolov5nu-coco-backbone.pt"))
    parser.add_argument("--only", choices=BENCHES, action="append", help="this bench; may be given more than once")
    parser.add_argument("--list", action="store_true", help="say what there is, and run nothing")
    parser.add_argument("--epochs", type=int, default=10, help="loop: epochs of each training")
    parser.add_argument("--images", type=int, default=80, help="recipe: images to train on")
    parser.add_argument("--minutes", type=float, default=3, help="waiting: so long the daemon is watched")
    parser.add_argument(
        "--quick", action="store_true", help="the least of everything: shows that a bench runs, no more"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
