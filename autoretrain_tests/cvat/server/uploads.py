"""A task's images on their way: begin, send many at once or one in pieces (tus), end."""

import base64
from pathlib import PurePosixPath

from autoretrain_tests.cvat.server import background, intake, tasks
from autoretrain_tests.cvat.server.bodies import task_body
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, endpoint
from autoretrain_tests.cvat.server.events import updating
from autoretrain_tests.cvat.server.pictures import Media
from autoretrain_tests.cvat.server.work import Task

TUS = {"Tus-Resumable": "1.0.0"}


@endpoint("POST", "/api/tasks/{number}/data")
def send(call: Call, number: int) -> Answer:
    """Which step it is stands in the headers."""
    task = tasks.led(call, number)
    if task.media and task.media.frames:
        raise Refusal(400, ["Adding more data is not supported"])
    if task.media is None or "Upload-Start" in call.headers:
        with updating(call, task, task_body):
            task.media = task.media or Media(call.world.next_id("media"))
    if "Upload-Start" in call.headers:
        return Answer(None, 202)
    if "Upload-Multiple" in call.headers:
        _stage(task, call.form()[1])
        return Answer(None, 200)
    return _begin_file(call, task) if "Upload-Length" in call.headers else _finish(call, task)


def _stage(task: Task, files: list[tuple[str, bytes]]) -> None:
    """Bytes go after those that came before under this name; two of one name in one call are a failure."""
    names = [PurePosixPath(name).name for name, _ in files]
    if len(set(names)) < len(names):
        raise Refusal(500, b"<h1>Server Error (500)</h1>")
    for name, (_, content) in zip(names, files, strict=True):
        task.media.staged.setdefault(name, bytearray()).extend(content)


def _begin_file(call: Call, task: Task) -> Answer:
    said = dict(pair.split(" ") for pair in call.headers["Upload-Metadata"].split(","))
    name = PurePosixPath(base64.b64decode(said["filename"]).decode()).name
    if name in task.media.staged:
        raise Refusal(409, "File with same name already exists")
    task.media.staged[name] = bytearray()
    place = f"{call.origin}/api/tasks/{task.id}/data/{name}"
    return Answer(None, 201, TUS | {"Location": place, "Upload-Filename": name, "Upload-Offset": "0"})


@endpoint("PATCH", "/api/tasks/{number}/data/{name}")
def send_piece(call: Call, number: int, name: str) -> Answer:
    content = _staged(call, number, name)
    if int(call.headers["Upload-Offset"]) != len(content):
        return Answer(None, 409, TUS | {"Upload-Offset": str(len(content))})
    content.extend(call.body)
    return Answer(None, 204, TUS | {"Upload-Offset": str(len(content)), "Upload-Filename": name})


@endpoint("HEAD", "/api/tasks/{number}/data/{name}")
def how_far(call: Call, number: int, name: str) -> Answer:
    return Answer(None, 200, TUS | {"Upload-Offset": str(len(_staged(call, number, name)))})


def _staged(call: Call, number: int, name: str) -> bytearray:
    media = tasks.led(call, number).media
    if media is None or name not in media.staged:
        raise Refusal(404, {"detail": "Not found."})
    return media.staged[name]


def _finish(call: Call, task: Task) -> Answer:
    """The answer comes at once; whether the images were good, the background tells."""
    said = call.json()
    with updating(call, task, task_body):
        ordered = said.get("upload_file_order")
        if ordered and set(ordered) != set(task.media.staged):
            raise Refusal(400, ["Uploaded files do not match the 'upload_file_order' field contents."])
    problem = intake.take_in(call, task, said)
    rq_id = f"action=create&target=task&target_id={task.id}"
    return Answer(background.note(call, rq_id, "create:task", task, message=problem, failed=bool(problem)), 202)
