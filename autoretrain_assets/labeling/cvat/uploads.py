"""A task's images: sent once, and unpacked by the server in its own time."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from autoretrain_assets import files
from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.wire import Request
from autoretrain_assets.labeling.failures import Gone, Rejected, ServerFault

FIRST_S = 0.05
"""Small tasks are unpacked at once: it is asked soon first, then at labeling.cvat.poll_seconds."""

_CREATION = "action=create&target=task&target_id={}"
_AT_WORK = {"queued", "started"}


def send(server: Connection, task: int, images: Mapping[str, Path], known: Sequence[str]) -> None:
    """Send the images by name, in their order, and wait until they are unpacked; `known` names those with an answer.

    Raises Rejected where the server cannot read one of them.
    """
    fields: dict[str, object] = {"image_quality": server.settings.image_quality}
    fields |= _order(server, known)
    with tempfile.TemporaryDirectory(prefix="autoretrain-upload-") as folder:
        paths = [_named(Path(folder) / name, path) for name, path in images.items()]
        work = server.upload(f"/api/tasks/{task}/data/", paths, **fields)
    wait(server, task, work)


def wait_if_at_work(server: Connection, task: int) -> None:
    """Wait where the server is still unpacking what a run sent that is gone."""
    work = _CREATION.format(task)
    try:
        at_work = _asked(server, work).status in _AT_WORK
    except Gone:
        return
    if at_work:
        wait(server, task, work)


def wait(server: Connection, task: int, work: str) -> None:
    """Wait until work on the task is done; raises Rejected where it failed, ServerFault where it takes too long."""
    ends, pause = time.monotonic() + server.settings.wait_s, FIRST_S
    while (asked := _asked(server, work)).status in _AT_WORK:
        if time.monotonic() + pause > ends:
            raise ServerFault(
                f"CVAT at {server.address} is at work on its task {task} for longer than "
                f"{server.settings.wait_s:g} seconds: the next run goes on waiting, labeling.cvat.wait_s says how long."
            )
        time.sleep(pause)
        pause = min(2 * pause, server.settings.poll_seconds)
    if asked.status != "finished":
        told = " ".join(asked.message.split()) or asked.status
        raise Rejected(f"CVAT failed at its task {task}: {told}. Where it names an image, mend or remove that.")


def _order(server: Connection, known: Sequence[str]) -> dict[str, object]:
    """In which order the frames come, and which are known. A pool of known ones is only had in random order."""
    if not known:
        return {"sorting_method": "predefined"}
    manual = {"frame_selection_method": "manual", "frames": list(known)}
    if server.settings.known_mode == "gt":
        return {"sorting_method": "predefined", "validation_params": {"mode": "gt", **manual}}
    pool = {
        "mode": "gt_pool",
        **manual,
        "frames_per_job_count": min(len(known), max(1, server.settings.images_per_job // 10)),
    }
    return {"sorting_method": "random", "validation_params": pool}


def _named(path: Path, image: Path) -> Path:
    """The image under the name that it shall have, as the SDK sends a file by its own."""
    try:
        files.link_or_copy(image.resolve(), path)
    except FileNotFoundError as error:
        raise IntegrityError(f"{image} is missing, so its task cannot be made: restore the image.") from error
    return path


def _asked(server: Connection, work: str) -> Request:
    return server.get(Request, f"/api/requests/{quote(work, safe='')}")
