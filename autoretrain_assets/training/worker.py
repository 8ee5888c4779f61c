"""The child process: trains what its folder's job.json says, reports to Dagster, and dies with its parent.

It leaves outcome.json beside weights.pt, or failure.json with one sentence.
"""

import ctypes
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from dagster_pipes import PipesContext, open_dagster_pipes

from autoretrain_assets.errors import AutoretrainError
from autoretrain_assets.files import write_json
from autoretrain_assets.training.finetune import FAILURE, JOB, OUTCOME
from autoretrain_assets.yolo.train import Curve, TrainingJob, train

PR_SET_PDEATHSIG = 1


def main(folder: Path, parent: int) -> int:
    """Train; returns the exit code."""
    _die_with(parent)
    job = TrainingJob(**json.loads((folder / JOB).read_text()))
    with open_dagster_pipes() as pipes:
        return _run(job, folder, pipes)


def _run(job: TrainingJob, folder: Path, pipes: PipesContext) -> int:
    try:
        outcome = train(job, lambda curve: pipes.log.info(_line(curve, job.epochs)))
    except AutoretrainError as error:
        return _fail(folder, str(error))
    except (MemoryError, RuntimeError, ValueError, TypeError, OSError) as error:
        return _fail(folder, _explain(error))
    write_json(folder / OUTCOME, asdict(outcome))
    return 0


def _line(curve: Curve, epochs: int) -> str:
    losses = "  ".join(f"{name} {value:.3f}" for name, value in curve.items() if name.startswith("train/"))
    return f"epoch {curve['epoch']:.0f}/{epochs}  {losses}  {curve['seconds']:.1f} s"


def _explain(error: Exception) -> str:
    text = str(error)
    if isinstance(error, MemoryError) or "out of memory" in text.lower() or "can't allocate memory" in text:
        return f"out of memory: lower training.batch or training.imgsz, or use another device ({text.splitlines()[0]})."
    if "NaN" in text:
        return f"the loss became NaN and stayed so: lower training.lr0, or look for broken labels ({text})."
    return f"training failed: {text}"


def _fail(folder: Path, message: str) -> int:
    write_json(folder / FAILURE, {"message": message})
    return 1


def _die_with(parent: int) -> None:
    """Be killed when the parent is: also when it already is gone."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
