"""Serve a home's released model: look at images, report to the loop, and take up new releases as they come."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autoretrain_assets.production import FeedbackClient, Model, ModelUnavailableError, ProductionModel

os.environ |= {"YOLO_OFFLINE": "1", "YOLO_AUTOINSTALL": "0", "ULTRALYTICS_SAFE_LOAD": "1"}  # read at its import
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("home", type=Path, help="the home whose production/ is served")
parser.add_argument("images", help="a folder of images, or a camera: its number or its address")
parser.add_argument("--inbox", help="where events go: a folder, or an address of http(s) (default: the home's inbox)")
parser.add_argument("--buffer", help="a local folder for events while the inbox is away")
parser.add_argument("--random-rate", type=float, default=0.01, help="share of the traffic that is sampled")


def main(options: argparse.Namespace) -> None:
    """Look at every image once; with a camera, until it ends."""
    from ultralytics import YOLO

    production = ProductionModel(options.home / "production")
    serving = production.current()
    detector = YOLO(str(serving.weights), task="detect")
    sampling = {"random_rate": options.random_rate, "buffer": options.buffer}
    inbox = options.inbox or options.home / "inbox"
    with FeedbackClient(inbox, "camera", model_version=lambda: serving.version, **sampling) as client:
        for image in images(options.images):
            if (released := newest(production, serving)) is not serving:
                serving, detector = released, YOLO(str(released.weights), task="detect")
            client.report(image, detector.predict(image, imgsz=serving.imgsz, conf=0.05, verbose=False)[0])
    sys.stderr.write(f"{', '.join(f'{count} {what}' for what, count in client.counts.items()) or 'nothing reported'}\n")


def newest(production: ProductionModel, serving: Model) -> Model:
    """The released model; a release that is broken does not stop the one that runs."""
    try:
        return production.current()
    except ModelUnavailableError:
        return serving


def images(where: str) -> Iterator[Any]:
    """The paths of a folder's images in the order of their names, or the frames of a camera."""
    if Path(where).is_dir():
        yield from (str(path) for path in sorted(Path(where).iterdir()) if path.suffix in {".jpg", ".jpeg", ".png"})
    else:
        import cv2

        camera = cv2.VideoCapture(int(where) if where.isdigit() else where)
        while (frame := camera.read())[0]:
            yield frame[1]


if __name__ == "__main__":
    main(parser.parse_args())
