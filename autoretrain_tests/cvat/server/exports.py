"""Exports: a task's boxes as a file."""

import io
import zipfile
from urllib.parse import quote
from xml.etree import ElementTree as ET

from autoretrain_tests.cvat.server import background, rights
from autoretrain_tests.cvat.server.about import FORMATS
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, endpoint
from autoretrain_tests.cvat.server.drawing import shown
from autoretrain_tests.cvat.server.work import Task


@endpoint("POST", "/api/tasks/{number}/dataset/export")
def export(call: Call, number: int) -> Answer:
    """Made in the background; where it lies, the request tells."""
    task, wanted = rights.get(call, call.world.tasks, number, "Task"), call.query.get("format", "")
    if wanted not in FORMATS:
        raise Refusal(400, ["Unknown format specified for the request"])
    part = "dataset" if call.query.get("save_images", "").lower() == "true" else "annotations"
    plain = wanted.replace(" ", "_").replace(".", "~")
    who = f"target_id={number}&user_id={call.asker.id}&format={plain}&subresource={part}"
    rq_id = f"action=export&target=task&{who}"
    url = f"{call.origin}/api/tasks/{number}/dataset/download?rq_id={quote(rq_id, safe='')}"
    return Answer(background.note(call, rq_id, f"export:{part}", task, result_url=url, format=wanted), 202)


@endpoint("GET", "/api/tasks/{number}/dataset/download")
def download(call: Call, number: int) -> Answer:
    task, request = rights.get(call, call.world.tasks, number, "Task"), call.world.background.get(call.query["rq_id"])
    if request is None:
        raise Refusal(404, {"detail": "Unknown export request id"})
    headers = {"Content-Disposition": f'attachment; filename="task_{number}.zip"'}
    return Answer(_zip(call, task), 200, headers, "application/zip")


def _zip(call: Call, task: Task) -> bytes:
    """`annotations.xml` in the manner of "CVAT for images 1.1", boxes alone."""
    names = {label.id: label.name for label in call.world.labels_of(task)}
    root = ET.Element("annotations")
    images = [
        ET.SubElement(root, "image", id=str(n), name=frame.name, width=str(frame.width), height=str(frame.height))
        for n, frame in enumerate(task.media.frames)
    ]
    for shape in shown(call.world.jobs_of(task))["shapes"]:
        place = dict(zip(("xtl", "ytl", "xbr", "ybr"), (f"{value:.2f}" for value in shape["points"]), strict=False))
        ET.SubElement(images[shape["frame"]], "box", place, label=names[shape["label_id"]], source=shape["source"])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("annotations.xml", ET.tostring(root))
    return buffer.getvalue()
