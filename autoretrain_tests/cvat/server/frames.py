"""Frames: their names and sizes, which are deleted, and the images themselves."""

import io
import zipfile

from autoretrain_tests.cvat.server import rights, tasks
from autoretrain_tests.cvat.server.bodies import CHUNK
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, date, endpoint
from autoretrain_tests.cvat.server.pictures import Frame, Media
from autoretrain_tests.cvat.server.work import Task


def meta(task: Task, start: int, stop: int, included: list[int] | None) -> dict:
    """What is known of the frames from start to stop; those that are left out show their size alone."""
    media = _media(task)
    frames = [
        _shown(media.frames[number], hidden=included is not None and number not in included)
        for number in range(start, stop + 1)
    ]
    return {
        "chapters": None,
        "chunks_updated_date": date(media.updated),
        "chunk_size": CHUNK,
        "size": len(frames) if included is None else len(included),
        "image_quality": media.quality,
        "start_frame": start,
        "stop_frame": stop,
        "frame_filter": "",
        "frames": frames,
        "deleted_frames": sorted(number for number in media.deleted if start <= number <= stop),
        "included_frames": included,
        "storage": "local",
        "cloud_storage_id": None,
    }


def _media(task: Task) -> Media:
    if task.media is None or not task.media.frames:
        raise Refusal(400, ["No media data found"])
    return task.media


def _shown(frame: Frame, hidden: bool) -> dict:
    name = "placeholder.jpg" if hidden else frame.name
    size = {"width": frame.width, "height": frame.height}
    return size | {"name": name, "related_files": 0, "has_related_context": False}


@endpoint("GET", "/api/tasks/{number}/data/meta")
def task_meta(call: Call, number: int) -> dict:
    task = rights.get(call, call.world.tasks, number, "Task")
    return meta(task, 0, len(_media(task).frames) - 1, None)


@endpoint("PATCH", "/api/tasks/{number}/data/meta")
def change_task_meta(call: Call, number: int) -> dict:
    task = tasks.led(call, number)
    _media(task).deleted = set(call.json().get("deleted_frames", _media(task).deleted))
    return task_meta(call, number)


@endpoint("GET", "/api/jobs/{number}/data/meta")
def job_meta(call: Call, number: int) -> dict:
    job = rights.get(call, call.world.jobs, number, "Job")
    return meta(job.task, job.start, job.stop, job.included)


@endpoint("PATCH", "/api/jobs/{number}/data/meta")
def change_job_meta(call: Call, number: int) -> dict:
    """Frames of other jobs stay as they are."""
    job = rights.get(call, call.world.jobs, number, "Job")
    media, own = _media(job.task), set(job.frames)
    media.deleted = (media.deleted - own) | (own & set(call.json().get("deleted_frames", media.deleted)))
    return job_meta(call, number)


@endpoint("GET", "/api/tasks/{number}/data")
def task_data(call: Call, number: int) -> Answer:
    frames = _media(rights.get(call, call.world.tasks, number, "Task")).frames
    return _data(call, frames, dict(enumerate(frames)))


@endpoint("GET", "/api/jobs/{number}/data")
def job_data(call: Call, number: int) -> Answer:
    job = rights.get(call, call.world.jobs, number, "Job")
    frames = _media(job.task).frames
    return _data(call, [frames[number] for number in job.frames], {number: frames[number] for number in job.frames})


def _data(call: Call, frames: list[Frame], numbered: dict[int, Frame]) -> Answer:
    """One frame by its number, or the number-th chunk as a zip of images in order."""
    number = int(call.query.get("number") or call.query.get("index") or 0)
    if call.query.get("type") != "chunk":
        if number not in numbered:
            raise Refusal(404, {"detail": f"Frame {number} does not exist"})
        return Answer(numbered[number].content, content_type=_mime(numbered[number]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for place, frame in enumerate(frames[number * CHUNK : (number + 1) * CHUNK]):
            archive.writestr(f"{place:06d}.{frame.name.rpartition('.')[2]}", frame.content)
    return Answer(buffer.getvalue(), content_type="application/zip")


def _mime(frame: Frame) -> str:
    return "image/png" if frame.name.endswith(".png") else "image/jpeg"
