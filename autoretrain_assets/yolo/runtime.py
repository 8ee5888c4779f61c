"""Start ultralytics so that it stays offline, loads no code from weights, and uses the cores it is given.

Its switches are read when it is first imported, so everything here happens before that. It also
writes a settings file at its first import, which two processes at once can tear: a lock orders them.
"""

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autoretrain_assets.errors import InputError
from autoretrain_assets.locks import held

if TYPE_CHECKING:
    from collections.abc import Iterator

FONTS = ("Arial.ttf", "Arial.Unicode.ttf")
"""The fonts that ultralytics would fetch; any TrueType file under these names stops it."""


def cache_dir() -> Path:
    """Where ultralytics and matplotlib may keep files of their own: never the home's data."""
    root = os.environ.get("AUTORETRAIN_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "autoretrain"


def start(threads: int = 0) -> Any:
    """Import ultralytics with its switches set and `threads` CPU threads (0: all cores); returns the module."""
    folder = cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        YOLO_CONFIG_DIR=str(folder),
        MPLCONFIGDIR=str(folder / "matplotlib"),
        YOLO_OFFLINE="1",
        YOLO_AUTOINSTALL="0",
        YOLO_VERBOSE="false",
        ULTRALYTICS_SAFE_LOAD="1",
    )
    # Threads that wait by spinning take the cores from whoever else works there: beside other work a training took four
    # times as long. libgomp reads this when torch is first imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with held(folder / "start.lock"):
        _place_fonts(folder / "Ultralytics")
        with _pillow_as_it_is():
            import ultralytics
    _use_threads(threads)
    return ultralytics


def device_name(device: str) -> str:
    """`auto` as the first GPU where there is one, else the CPU; any other name as it is."""
    if device != "auto":
        return device
    import torch

    return "0" if torch.cuda.is_available() else "cpu"


def verify_device(device: str) -> str:
    """What `training.device` means on this machine; raises InputError where it is not there."""
    import torch

    name = device_name(device)
    try:
        torch.zeros(1, device=f"cuda:{name}" if name.isdecimal() else name)
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            f"training.device: {device} is not on this machine ({str(error).splitlines()[0]}): name another, or auto."
        ) from None
    return f"{device}: {'GPU ' + name if name.isdecimal() else name}"


def mixed_precision(device: str) -> str | bool:
    """`bf16` on a GPU that has it, else False: ultralytics would fetch a model to try any other mixed precision."""
    import torch

    on_gpu = device_name(device) not in {"cpu", "mps"}
    return "bf16" if on_gpu and torch.cuda.is_bf16_supported() else False


def thread_count(threads: int) -> int:
    """The number of CPU threads that `threads` means here: 0 is every core this process may use."""
    return threads or len(os.sched_getaffinity(0))


def versions() -> dict[str, str]:
    """The versions that decide what a training yields; they belong in its record."""
    modules: dict[str, Any] = {name: sys.modules.get(name) for name in ("ultralytics", "torch", "numpy", "cv2")}
    known = {name: str(module.__version__) for name, module in modules.items() if module is not None}
    return {"python": sys.version.split()[0]} | known


def _use_threads(threads: int) -> None:
    """On a CPU ultralytics leaves one core idle, whatever OMP_NUM_THREADS says, unless this is overwritten."""
    import torch
    from ultralytics.utils import torch_utils

    count = thread_count(threads)
    torch_utils.NUM_THREADS = count
    torch.set_num_threads(count)


@contextmanager
def _pillow_as_it_is() -> "Iterator[None]":
    """ultralytics puts its own Image.open in Pillow's place, which asks for a HEIF reader at every broken image."""
    from PIL import Image

    own = Image.open
    yield
    Image.open = own


def _place_fonts(folder: Path) -> None:
    if all((folder / name).is_file() for name in FONTS):
        return
    from matplotlib import get_data_path

    folder.mkdir(parents=True, exist_ok=True)
    for name in FONTS:
        shutil.copyfile(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", folder / name)
