"""Uploaded bytes become frames, and frames become jobs."""

import io
import random
import re
import warnings
from dataclasses import replace

from PIL import Image, UnidentifiedImageError

from autoretrain_tests.cvat.server.bodies import task_body
from autoretrain_tests.cvat.server.calls import Call
from autoretrain_tests.cvat.server.events import updating
from autoretrain_tests.cvat.server.pictures import Frame, Media, Validation
from autoretrain_tests.cvat.server.selection import chosen, honeypots
from autoretrain_tests.cvat.server.work import Job, Task


def take_in(call: Call, task: Task, said: dict) -> str:
    """Read the images, lay out the jobs; what is wrong with them, or an empty text."""
    wanted = said.get("validation_params") or {}
    pool = wanted.get("mode") == "gt_pool"
    if not task.media.staged:
        return "rest_framework.exceptions.ValidationError: No media data found\n"
    if pool and said.get("sorting_method") != "random":
        return 'rest_framework.exceptions.ValidationError: mode "gt_pool" needs the "random" sorting method\n'
    try:
        frames = [_frame(task.media, name) for name in _ordered(task.media, said)]
    except UnidentifiedImageError as error:
        return f"PIL.UnidentifiedImageError: {error}\n"
    worker = replace(call, origin="")
    with updating(worker, task, task_body):
        task.dimension, task.mode, task.media_type = "2d", "annotation", "image"
        task.overlap = task.overlap or 0
        task.media.quality = said.get("image_quality", 70)
        (_lay_pool if pool else _lay_plainly)(call, task, frames, wanted)
        task.media.updated = call.world.now()
    with updating(worker, task, task_body):
        if wanted:
            _add_known_job(call, task, wanted)
    return ""


def _ordered(media: Media, said: dict) -> list[str]:
    names, method = list(media.staged), said.get("sorting_method") or "lexicographical"
    if method == "predefined":
        return said.get("upload_file_order") or names
    if method == "random":
        return random.Random(media.id).sample(names, len(names))
    if method == "natural":
        return sorted(names, key=lambda name: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)])
    return sorted(names)


def _frame(media: Media, name: str) -> Frame:
    content = bytes(media.staged[name])
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content)) as image:
            return Frame(name, *image.size, content)
    except UnidentifiedImageError as error:
        raise UnidentifiedImageError(f"cannot identify image file '/data/{media.id}/raw/{name}'") from error


def _lay_plainly(call: Call, task: Task, frames: list[Frame], _: dict) -> None:
    """Runs of `segment_size` frames, one job each."""
    task.media.frames = frames
    size = task.segment_size = task.segment_size or len(frames)
    step = max(1, size - (task.overlap or 0))
    for start in range(0, max(1, len(frames) - (task.overlap or 0)), step):
        add_job(call, task, "annotation", start, min(start + size, len(frames)) - 1)


def _lay_pool(call: Call, task: Task, frames: list[Frame], wanted: dict) -> None:
    """Known frames stand at the end; copies of some are mixed into every job."""
    names = [frame.name for frame in frames]
    known = chosen(wanted, list(range(len(frames))), [], names)
    pool, rest = [frames[index] for index in known], [f for index, f in enumerate(frames) if index not in known]
    size, per_job = task.segment_size or len(rest), wanted.get("frames_per_job_count") or 1
    jobs = [rest[start : start + size] for start in range(0, len(rest), size)]
    task.media.frames, mixed = honeypots(jobs, pool, per_job, random.Random(task.media.id))
    start = 0
    for job in jobs:
        add_job(call, task, "annotation", start, start + len(job) + per_job - 1)
        start += len(job) + per_job
    places = list(range(start, start + len(pool)))
    repeats = {place: start + index for place, index in mixed.items()}
    task.segment_size, task.validation = 0, Validation("gt_pool", places, per_job, honeypots=repeats)


def _add_known_job(call: Call, task: Task, wanted: dict) -> None:
    """Of the pool, or of frames that are chosen now and keep their places."""
    choose_known(call, task, wanted)
    frames = task.validation.frames
    pool = task.validation.mode == "gt_pool"
    start, stop = (frames[0], frames[-1]) if pool else (0, len(task.media.frames) - 1)
    add_job(call, task, "ground_truth", start, stop, frames)


def choose_known(call: Call, task: Task, wanted: dict) -> None:
    """Which frames are known, where no pool says so."""
    if task.validation is None:
        names = [frame.name for frame in task.media.frames]
        segments = [job.frames for job in call.world.jobs_of(task)]
        task.validation = Validation("gt", chosen(wanted, list(range(len(names))), segments, names))


def add_job(call: Call, task: Task, kind: str, start: int, stop: int, included: list[int] | None = None) -> Job:
    """A job of the frames from start to stop, both in it."""
    world = call.world
    job = Job(world.next_id("job"), task, kind, start, stop, world.now(), world.now(), included)
    world.jobs[job.id] = job
    return job
