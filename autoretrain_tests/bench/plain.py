"""ultralytics as it is installed, in processes of its own: offline, with no setting of autoretrain's."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib import get_data_path

FONTS = ("Arial.ttf", "Arial.Unicode.ttf")
OURS = ("YOLO_", "ULTRALYTICS_", "MPLCONFIGDIR", "OMP_")
TAIL = 2000


def environment(work: Path) -> dict[str, str]:
    """A configuration folder of its own, with the fonts that ultralytics would fetch, and not new to its user."""
    folder = work / "config"
    (folder / "Ultralytics").mkdir(parents=True, exist_ok=True)
    for name in FONTS:
        shutil.copyfile(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", folder / "Ultralytics" / name)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env = kept | {
        "YOLO_CONFIG_DIR": str(folder),
        "MPLCONFIGDIR": str(folder / "matplotlib"),
        "YOLO_OFFLINE": "1",
        "YOLO_AUTOINSTALL": "0",
    }
    if not (folder / "matplotlib").exists():
        # The very first start lists this machine's fonts and writes settings: no training is to pay for that.
        run([sys.executable, "-c", "import matplotlib.pyplot, ultralytics"], work / "first.log", env)
    return env


def run(
    command: Sequence[str | Path], log: Path, env: dict[str, str], meanwhile: Callable[[float], None] | None = None
) -> float:
    """Run a command to its end; returns its wall time, and raises with the end of its output where it fails.

    `meanwhile` is called with the seconds since the start, ten times a second.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, env=env) as process:
        while meanwhile is not None and process.poll() is None:
            meanwhile(time.monotonic() - began)
            time.sleep(0.1)
        process.wait()
    took = time.monotonic() - began
    if process.returncode != 0:
        text = log.read_text(errors="replace")[-TAIL:]
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {text}")
    if meanwhile is not None:
        meanwhile(took)
    return took
