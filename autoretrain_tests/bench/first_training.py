"""A home founded on a data.yaml and its first model trained, measured and released by the real job: one process."""

import json
import sys
from pathlib import Path
from typing import Any

from autoretrain_assets import founding
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.owners import owners_data
from autoretrain_assets.loop import opened
from autoretrain_assets.triggers import Verdict


def main(job: dict[str, Any]) -> None:
    """`data`, `weights`, `home`, and `settings` as key=value; what the data calls val is the sealed test."""
    classes, images = owners_data(Path(job["data"]))
    overrides = [f"dataset.classes={json.dumps(classes)}", f"training.weights={job['weights']}", *job["settings"]]
    home = founding.lay_out(Path(job["home"]), parse_settings("", overrides))
    founding.first_version(home, images)
    with opened(home) as loop:
        loop.retrain(founding.FIRST, Verdict(None, "the first model"))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
