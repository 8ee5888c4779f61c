"""Weights: verified before they are loaded, and free of paths before they are kept."""

import io
import pickle
import struct
import textwrap
from pathlib import Path
from typing import Any

from autoretrain_assets.errors import InputError
from autoretrain_assets.files import verify_sha256, write_bytes
from autoretrain_assets.yolo.runtime import start

NO_MODEL = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    RuntimeError,
    ImportError,
    OSError,
    EOFError,
    ArithmeticError,
    AssertionError,
    MemoryError,
    struct.error,
    pickle.PickleError,
)
"""What reading a file as a checkpoint ends with where it is none: its bytes are instructions, and may say anything."""

SHOWN = 120
"""Characters of the reason: ultralytics' own is a page long, and ends by advising a model of its own."""

PRIVATE_ARGUMENTS = ("data", "model", "name", "project", "save_dir", "resume", "cfg", "pretrained")
"""Training arguments that hold paths of the machine that trained."""


def load(weights: Path, sha256: str | None, threads: int = 0) -> Any:
    """The model of `weights` (a .pt whose sha256 must match, or a model .yaml that has none)."""
    if not weights.is_file():
        raise InputError(f"{weights} does not exist: name a .pt checkpoint or a model .yaml that is on this machine.")
    if sha256 is not None:
        verify_sha256(weights, sha256)
    ultralytics = start(threads)
    try:
        return ultralytics.YOLO(str(weights), task="detect", verbose=False)
    except NO_MODEL as error:
        why = textwrap.shorten(f"{type(error).__name__}: {error}", SHOWN, placeholder=" …")
        raise InputError(
            f"{weights} is no detection model that can be loaded safely ({why}): name a .pt that a training of "
            "ultralytics wrote, such as best.pt, and copy it anew where it may be cut off."
        ) from error


def class_names(model: Any) -> list[str]:
    """The classes of a loaded model, in the order of its outputs."""
    return [str(model.names[index]) for index in sorted(model.names)]


def trained_imgsz(model: Any) -> int | None:
    """The longer side, in pixels, of the images that a loaded model learnt from; None where its checkpoint is silent.

    A model that is used at another size finds less, and says nothing of it.
    """
    size = ((getattr(model, "ckpt", None) or {}).get("train_args") or {}).get("imgsz")
    sides = size if isinstance(size, list | tuple) else [size]
    if not sides or not all(isinstance(side, int) and side > 0 for side in sides):
        return None
    return int(max(sides))


def publish(checkpoint: Path, target: Path) -> None:
    """Copy a finished checkpoint to `target` without the paths, dates and git state of where it was made."""
    import torch
    from ultralytics.utils.patches import torch_load

    content = torch_load(checkpoint, map_location="cpu", weights_only=False)
    arguments = {key: value for key, value in content["train_args"].items() if key not in PRIVATE_ARGUMENTS}
    content["model"].args = dict(arguments)
    content["model"].pt_path = ""  # where it was loaded from; whoever loads it next sets it anew
    content["model"].yaml["yaml_file"] = Path(str(content["model"].yaml.get("yaml_file", ""))).name
    kept = {key: content[key] for key in ("epoch", "model", "version", "license", "docs") if key in content}
    buffer = io.BytesIO()  # a file's own name would stand in the archive, and equal weights have equal bytes
    torch.save({**kept, "ema": None, "optimizer": None, "updates": None, "train_args": arguments}, buffer)
    write_bytes(target, buffer.getvalue())
