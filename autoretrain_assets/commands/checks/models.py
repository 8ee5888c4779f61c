"""The model in production, and the device that it runs on."""

from datetime import datetime

from autoretrain_assets.errors import InputError
from autoretrain_assets.files import verify_sha256
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
        raise InputError(f"{home.production} does not show {release.version}: `autoretrain run` puts it there.")
    verify_sha256(served, release.weights_sha256)
    names = yolo_weights.class_names(yolo_weights.load(served, release.weights_sha256))
    if names != list(home.classes):
        raise InputError(
            f"{served} knows the classes {names}, dataset.classes has {list(home.classes)}: "
            "correct autoretrain.yaml, or release a version of these classes."
        )
    return f"{release.version}, as it was released"


def device(home: Home, _: datetime) -> str:
    """Raises InputError where training.device is not on this machine."""
    return runtime.verify_device(home.settings.training.device)
