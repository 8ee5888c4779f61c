"""A person who labels: `python -m autoretrain_tests.loop.person HOME TRUTH.parquet` answers tasks until it is killed."""

import sys
import time
from pathlib import Path

import polars as pl

from autoretrain_assets.home import Home
from autoretrain_assets.replay.annotator import CAREFUL
from autoretrain_assets.replay.labelling import answer_tasks


def main(root: Path, truth: Path) -> None:
    """Look for open tasks, twice a second."""
    home, images = Home.open(root), pl.read_parquet(truth)
    while True:
        for day in home.cvat_tasks.days():
            answer_tasks(home, day, images, CAREFUL)
        time.sleep(0.5)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
