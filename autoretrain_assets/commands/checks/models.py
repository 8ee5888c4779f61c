"""The model in production, and the device that it runs on."""

from datetime import datetime

from autoretrain_assets.commands.checks.doubt import Doubt
from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry, serving
from autoretrain_assets.yolo import runtime
from autoretrain_assets.yolo import weights as yolo_weights


def weights(home: Home, _: datetime) -> str:
    """Raises where serving sees other weights than the released ones, or these do not load with the home's classes."""
    release = registry.current(home.store)
    if release is None:
        raise InputError("no model is in production: `autoretrain promote VERSION` puts one there.")
    served = home.production / serving.WEIGHTS
    if not serving.shows(release, home.production):
        raise InputError(f"{home.production} does not show {release.version}: {serving.way_out(release.version)}.")
    if sha256_of(served) != release.weights_sha256:
        raise IntegrityError(
            f"{served} is not what was released, it changed since: {serving.way_out(release.version)}."
        )
    model = yolo_weights.load(served, release.weights_sha256)
    names = yolo_weights.class_names(model)
    if names != list(home.classes):
        raise InputError(
            f"{served} knows the classes {names}, dataset.classes has {list(home.classes)}: "
            "correct autoretrain.yaml, or release a version of these classes."
        )
    return _of_one_size(home, release.version, yolo_weights.trained_imgsz(model))


def _of_one_size(home: Home, version: str, trained: int | None) -> str:
    """A doubt where the model learnt at another image size than it is measured or served at."""
    used, served = home.settings.training.imgsz, serving.described(home.production)["imgsz"]
    if trained is not None and trained != used:
        return Doubt(
            f"{version} was trained at {trained} pixels and training.imgsz is {used}: a model finds less at another "
            f"size: write training.imgsz: {trained} into autoretrain.yaml"
        )
    if trained is not None and trained != served:
        return Doubt(
            f"{version} was trained at {trained} pixels and its checkpoint is served at {served}: a model finds less "
            f"at another size; the next version is trained and served at training.imgsz, {used}"
        )
    return f"{version}, as it was released"


def device(home: Home, _: datetime) -> str:
    """Raises InputError where training.device is not on this machine."""
    return runtime.verify_device(home.settings.training.device)
