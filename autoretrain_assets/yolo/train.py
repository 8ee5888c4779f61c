"""One training, in the process that calls it: call it from a child, since its memory is never given back."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autoretrain_assets.errors import TrainingError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.yolo.runtime import device_name, mixed_precision, thread_count, versions
from autoretrain_assets.yolo.weights import load, publish

Curve = dict[str, float]


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """All that decides a training; paths are strings so that it is plain JSON."""

    weights: str
    weights_sha256: str | None
    data: str
    images: int
    output: str
    epochs: int
    imgsz: int
    batch: int
    optimizer: str
    lr0: float
    warmup_epochs: float
    close_mosaic: int
    freeze: int
    device: str
    threads: int
    workers: int
    seed: int

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """The published weights, and what was seen on the way to them."""

    weights_sha256: str
    images: int
    curves: Sequence[Curve]
    seconds: float
    threads: int
    device: str
    versions: dict[str, str]


def train(job: TrainingJob, on_epoch: Callable[[Curve], None]) -> TrainingOutcome:
    """Fine-tune and publish `<output>/weights.pt`; raises TrainingError where what came out cannot be trusted.

    There is no validation in between: the sealed test decides, and an epoch picked on it would unseal it.
    """
    model = load(Path(job.weights), job.weights_sha256, job.threads)
    curves: list[Curve] = []

    def note(trainer: Any) -> None:
        curves.append(_curve(trainer))
        on_epoch(curves[-1])

    model.add_callback("on_train_start", lambda trainer: _check_images(trainer, job.images))
    model.add_callback("on_fit_epoch_end", note)
    began = time.monotonic()
    model.train(trainer=_trainer(), **_arguments(job))
    target = Path(job.output) / "weights.pt"
    publish(Path(model.trainer.last), target)
    return TrainingOutcome(
        weights_sha256=sha256_of(target),
        images=len(model.trainer.train_loader.dataset),
        curves=curves,
        seconds=round(time.monotonic() - began, 3),
        threads=thread_count(job.threads),
        device=device_name(job.device),
        versions=versions(),
    )


def _arguments(job: TrainingJob) -> dict[str, Any]:
    """ultralytics' words for the job. `nbs` equals `batch`: each batch is an optimizer step, which few epochs need."""
    return {
        "data": job.data,
        "epochs": job.epochs,
        "imgsz": job.imgsz,
        "batch": job.batch,
        "nbs": job.batch,
        "optimizer": job.optimizer,
        "lr0": job.lr0,
        "warmup_epochs": min(job.warmup_epochs, job.epochs / 2),
        "close_mosaic": min(job.close_mosaic, job.epochs - 1),
        "freeze": job.freeze or None,
        "device": device_name(job.device),
        "workers": job.workers,
        "seed": job.seed,
        "project": job.output,
        "name": "run",
        "exist_ok": True,
        "plots": False,
        "val": False,
        "verbose": False,
        "amp": mixed_precision(job.device),
    }


def _trainer() -> type:
    """ultralytics' detection trainer without its validations."""
    from ultralytics.models.yolo.detect import DetectionTrainer
    from ultralytics.utils.torch_utils import strip_optimizer

    class UnvalidatedTrainer(DetectionTrainer):  # type: ignore[misc]
        """Takes the last epoch for the best."""

        def validate(self) -> tuple[dict[str, float], float]:
            self.best_fitness = float(self.epoch + 1)
            return {}, self.best_fitness

        def final_eval(self) -> None:
            strip_optimizer(self.last)

    return UnvalidatedTrainer


def _check_images(trainer: Any, expected: int) -> None:
    """ultralytics drops images that it cannot read or whose labels it refuses, with no more than a warning."""
    seen = len(trainer.train_loader.dataset)
    if seen != expected:
        raise TrainingError(
            f"training saw {seen} of the {expected} images that it was given: ultralytics refused the others. "
            "Look for images or labels that it warns of in the log of this step."
        )


def _curve(trainer: Any) -> Curve:
    losses = {f"train/{name}": float(value) for name, value in trainer.tloss.items()}
    if not all(math.isfinite(value) for value in losses.values()):
        raise TrainingError(
            f"the loss became NaN or infinite in epoch {trainer.epoch + 1}: lower training.lr0 "
            "(with an optimizer other than auto), or look for broken labels."
        )
    return {"epoch": float(trainer.epoch + 1), "seconds": round(float(trainer.epoch_time), 3)} | losses
