"""`make bench`: run all benches, or those named by --only."""

import argparse
import sys
import tempfile
from pathlib import Path

from autoretrain_tests.bench import loop, parts, recipe
from autoretrain_tests.bench.printing import Inputs

BENCHES = {
    "intake": parts.intake,
    "store": parts.store,
    "mining": parts.mining,
    "metrics": parts.metrics,
    "loop": loop.overhead,
    "recipe": recipe.time_to_accuracy,
}


def main() -> int:
    """Print one block a bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--weights", type=Path, default=Path("../shared/weights/yolov5nu-coco-backbone.pt"))
    parser.add_argument("--epochs", type=int, default=12, help="of the loop's trainings")
    parser.add_argument("--only", choices=BENCHES, action="append")
    options = parser.parse_args()
    for name in options.only or BENCHES:
        sys.stdout.write(f"\n{name}\n")
        with tempfile.TemporaryDirectory(prefix="autoretrain-bench-") as folder:
            BENCHES[name](Inputs(options.data, options.weights, options.epochs, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
