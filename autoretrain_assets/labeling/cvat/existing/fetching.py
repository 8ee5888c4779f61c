"""The images themselves, as they were uploaded: a few at a time, and none a second time."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autoretrain_assets.files import sha256_of, write_bytes
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.existing.finding import Source
from autoretrain_assets.labeling.cvat.existing.left_out import Kind, LeftOut
from autoretrain_assets.labeling.cvat.existing.reading import Labelled
from autoretrain_assets.labeling.failures import Gone, Rejected

AT_ONCE = 4
"""So many images are on their way, and in memory, at the same time."""

_KEPT = re.compile(r"(\d+)-([0-9a-f]{64})")


def fetch(server: Connection, wanted: Sequence[Labelled], folder: Path) -> dict[tuple[int, int], Path | LeftOut]:
    """The files of the images below `folder`, by task and frame; what an earlier try left there whole is kept.

    A file's name has its sha256, so that one that changed since is seen, and fetched anew. An image that the
    server has lost is left out.
    """
    own = folder / hashlib.sha256(server.address.encode()).hexdigest()[:12]
    places = {one.task.id: own / _of_task(one.task) for one in wanted}
    kept = {task: _kept(place) for task, place in places.items()}

    def one(image: Labelled) -> Path | LeftOut:
        return kept[image.task.id].get(image.frame) or _fetched(server, image, places[image.task.id])

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cvat-image") as hands:
        paths = list(hands.map(one, wanted))
    return {image.key: path for image, path in zip(wanted, paths, strict=True)}


def _of_task(task: Source) -> str:
    """A server that was set up anew begins its numbers anew: the time tells its tasks apart."""
    return f"{task.id}-{task.created_date:%Y%m%dT%H%M%S%f}"


def _kept(place: Path) -> Mapping[int, Path]:
    found = {path: _KEPT.fullmatch(path.name) for path in place.glob("*-*")}
    return {int(name[1]): path for path, name in found.items() if name and sha256_of(path) == name[2]}


def _fetched(server: Connection, image: Labelled, place: Path) -> Path | LeftOut:
    at = f"/api/tasks/{image.task.id}/data/"
    try:
        content = server.content(at, type="frame", quality="original", number=image.frame)
    except (Gone, Rejected) as error:
        return LeftOut(Kind.UNUSABLE, image.where, str(error))
    path = place / f"{image.frame}-{hashlib.sha256(content).hexdigest()}"
    write_bytes(path, content)
    return path
