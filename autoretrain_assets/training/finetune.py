"""The parent's side of a training: what the child is told, and what is believed of what it left."""

import json
import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autoretrain_assets.config import Settings
from autoretrain_assets.errors import TrainingError
from autoretrain_assets.files import verify_sha256, write_json
from autoretrain_assets.yolo.train import TrainingJob

JOB, OUTCOME, FAILURE = "job.json", "outcome.json", "failure.json"


def prepare(
    settings: Settings, weights: Path, weights_sha256: str | None, data: Path, images: int, folder: Path
) -> TrainingJob:
    """Write what the child is to do into `folder`, with no answer of an earlier child beside it."""
    recipe = settings.training.model_dump(exclude={"weights", "replay_share", "min_steps"})
    recipe["epochs"] = epochs_for(settings, images)
    job = TrainingJob(
        weights=str(weights),
        weights_sha256=weights_sha256,
        data=str(data),
        images=images,
        output=str(folder),
        seed=settings.seed,
        **recipe,
    )
    for name in (OUTCOME, FAILURE):
        (folder / name).unlink(missing_ok=True)
    write_json(folder / JOB, job.as_json())
    return job


def epochs_for(settings: Settings, images: int) -> int:
    """The passes that a mix of so many images needs: a network learns by steps, and few images make few of them."""
    training = settings.training
    return max(training.epochs, math.ceil(training.min_steps * training.batch / max(1, images)))


def command(folder: Path) -> list[str]:
    """The child process for what `prepare` wrote into `folder`; it lives no longer than the process that asks."""
    return [sys.executable, "-m", "autoretrain_assets.training.worker", str(folder), str(os.getpid())]


def finish(folder: Path) -> dict[str, Any]:
    """The outcome that the child recorded, its weights verified; raises TrainingError where it left none."""
    outcome_path = folder / OUTCOME
    if not outcome_path.is_file():
        raise TrainingError(failure(folder, exit_code=0))
    outcome: dict[str, Any] = json.loads(outcome_path.read_text())
    verify_sha256(folder / "weights.pt", outcome["weights_sha256"])
    return outcome


def failure(folder: Path, exit_code: int) -> str:
    """One sentence on why the child failed: its own word, or what its end suggests."""
    path = folder / FAILURE
    if path.is_file():
        return str(json.loads(path.read_text())["message"])
    if exit_code < 0:
        return (
            f"the training process was killed by signal {-exit_code}; without a word of its own that is most often "
            "the system out of memory: lower training.batch or training.imgsz."
        )
    return "the training process ended without weights and without a reason: look at this step's log."


def record(
    job: TrainingJob, outcome: Mapping[str, Any], dataset_commit: str, manifest_hash: str, parent: str | None
) -> dict[str, Any]:
    """All that is needed to make these weights again; no path of this machine."""
    recipe = {key: value for key, value in job.as_json().items() if key not in {"weights", "data", "output"}}
    return {
        "dataset_commit": dataset_commit,
        "manifest_hash": manifest_hash,
        "parent_version": parent,
        "recipe": recipe,
        **outcome,
    }
