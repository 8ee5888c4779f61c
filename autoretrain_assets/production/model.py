"""The model that is released now, for whoever serves it."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRIES = 5
"""A release that is moved away while it is read is looked up again; so often in a row is no swap any more."""


class ModelUnavailableError(Exception):
    """There is no released model, or its files are not what was released: keep serving the one that is loaded."""


@dataclass(frozen=True, slots=True)
class Model:
    """One release, its weights verified; `imgsz` is the side in pixels that it was measured at."""

    version: str
    weights: Path
    sha256: str
    classes: tuple[str, ...]
    imgsz: int


class ProductionModel:
    """Follows a home's `production` folder."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(Path(path).absolute())
        self._mark: object = None
        self._known: Model | str = ""

    def current(self) -> Model:
        """The released model: one and the same object until the release changes, so ask before each image.

        An unchanged release costs two looks at the file system; a new one is read and its weights are hashed.
        Raises ModelUnavailableError.
        """
        try:
            mark = _mark(self._path)
        except OSError:
            raise ModelUnavailableError(
                f"{self._path} shows no release: found a home with `autoretrain init`, or promote a version; "
                "one that was released already comes back by `autoretrain run`."
            ) from None
        if mark != self._mark:
            found = _read(Path(self._path))
            self._known = self._known if found == self._known else found  # published again, as after a rollback
            self._mark = mark  # looked at before it was read: what changed in between is read again the next time
        if isinstance(self._known, str):
            raise ModelUnavailableError(self._known)
        return self._known


def _mark(path: str) -> object:
    files = [os.stat(f"{path}/{name}") for name in ("model.json", "weights.pt")]  # noqa: PTH116 - Path costs as much again
    return [(file.st_dev, file.st_ino, file.st_mtime_ns, file.st_size) for file in files]


def _read(path: Path) -> Model | str:
    """The model, or what is wrong with its files: that too holds until they change and is not hashed each time."""
    for _ in range(TRIES):
        try:
            release = path.resolve(strict=True)  # once, so that both files are of one release
            said = json.loads((release / "model.json").read_bytes())
            return _verified(said, release / "weights.pt")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ModelUnavailableError(f"{path} cannot be read ({error.strerror}): look at its disk.") from error
        except (ValueError, KeyError, TypeError) as error:
            return f"{path}/model.json describes no release ({type(error).__name__}: {error}): {_again()}"
    raise ModelUnavailableError(f"{path}: the release was removed while it was read: {_again()}")


def _verified(said: Any, weights: Path) -> Model | str:
    with weights.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != said["weights_sha256"]:
        released = said["weights_sha256"]
        return f"{weights} has sha256 {sha256[:12]}…, released was {released[:12]}…: {_again(said['version'])}"
    return Model(said["version"], weights, sha256, tuple(said["classes"]), int(said["imgsz"]))


def _again(version: str = "VERSION") -> str:
    named = ", with the version that `autoretrain status` names" if version == "VERSION" else ""
    return f"publish it again by `autoretrain promote {version} --because damaged`{named}."
