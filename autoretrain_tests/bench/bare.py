"""One training and one validation as a person's own script does them: it knows nothing of autoretrain."""

import json
import sys
from pathlib import Path
from typing import Any


def main(job: dict[str, Any]) -> None:
    """Train from `weights` with the arguments in `train`, then validate on the data.yaml `test`."""
    import torch
    from ultralytics import YOLO
    from ultralytics.utils import torch_utils

    torch_utils.NUM_THREADS = job["threads"]
    torch.set_num_threads(job["threads"])
    train = job["train"]
    YOLO(job["weights"]).train(**train)
    model = YOLO(Path(train["project"], train["name"], "weights", "last.pt"))
    same = {name: train[name] for name in ("imgsz", "batch", "device", "workers", "project")}
    model.val(data=job["test"], plots=False, verbose=False, **same)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
