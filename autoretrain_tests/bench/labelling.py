"""A batch becomes tasks on a CVAT server: what autoretrain asks of it, against the least that its API allows."""

import io
import json
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote, urlsplit

import numpy as np
from PIL import Image

from autoretrain_assets import files
from autoretrain_assets.boxes import Box
from autoretrain_assets.config.cvat import Cvat
from autoretrain_assets.labeling.base import Batch, BatchImage
from autoretrain_assets.labeling.cvat import CvatBackend
from autoretrain_assets.words import many
from autoretrain_tests.bench.printing import Inputs, beside, in_turns, say
from autoretrain_tests.cvat.standin import StandIn

CLASSES, BOXES, PER_TASK, SIZE = ("car", "bus"), 5, 250, (320, 240)


def run(inputs: Inputs) -> None:
    """1,000 images with 5 boxes each in tasks of 250, against bare requests for the same images and boxes."""
    count, asked = inputs.size(1000, 40), dict[str, int]()
    images = [_image(inputs.work, number) for number in range(count)]
    with _server() as server:

        def counted(name: str, work: Callable[[str], None]) -> Callable[[int], None]:
            def one(turn: int) -> None:
                server.requests()
                work(f"{name}-{turn}")
                asked[name] = server.requests()

            return one

        works = {
            "autoretrain": lambda key: _opened(server, key, images),
            "by hand": lambda key: _by_hand(server, key, images),
        }
        times = in_turns({name: counted(name, work) for name, work in works.items()}, inputs.rounds)
    beside(times, "by hand", count, "images")
    tasks = -(-count // PER_TASK)
    say(
        f"requests for {count:,} images in {many(tasks, 'task')}: {asked['autoretrain']:,}; by hand {asked['by hand']:,}"
    )


@dataclass(frozen=True)
class _Server:
    """A stand-in in a process of its own: it takes no turns with who asks it."""

    url: str
    token: str
    wire: Connection

    def requests(self) -> int:
        """How many it was sent since it was asked so last."""
        self.wire.send("count")
        return int(self.wire.recv())


@contextmanager
def _server() -> Iterator[_Server]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    server = _Server(*here.recv(), here)
    with mock.patch.dict("os.environ", {"CVAT_TOKEN": server.token}):
        yield server
    here.send("end")
    process.join()


def _serve(wire: Connection) -> None:
    with StandIn() as server:
        wire.send((server.url, server.token))
        while wire.recv() == "count":
            wire.send(server.log.count())
            server.log.clear()


def _image(folder: Path, number: int) -> BatchImage:
    rng, path = np.random.default_rng(number), folder / f"{number}.jpg"
    pixels = rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize(SIZE).save(path, "JPEG")
    corners = rng.integers(0, 100, (BOXES, 2)).tolist()
    boxes = [Box(CLASSES[place % 2], x, y, x + 90, y + 80, 0.5) for place, (x, y) in enumerate(corners)]
    return BatchImage(files.sha256_of(path), path, *SIZE, boxes)


def _opened(server: _Server, key: str, images: Sequence[BatchImage]) -> None:
    settings = Cvat(url=server.url, project=key, images_per_task=PER_TASK, poll_seconds=0.05)
    CvatBackend(settings).open(Batch(key, key, CLASSES, images))


def _by_hand(server: _Server, key: str, images: Sequence[BatchImage]) -> None:
    """One connection, no question that could be spared, and nothing that a second try could go on from."""
    way = HTTPConnection(urlsplit(server.url).netloc)

    def ask(method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        known = {"Authorization": f"Token {server.token}", "Content-Type": "application/json", **(headers or {})}
        way.request(method, path, content, known)
        answer = way.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise AssertionError(f"{method} {path} answered {answer.status}: {said.decode()}")
        return json.loads(said) if said else None

    project = ask("POST", "/api/projects", {"name": key, "labels": [{"name": name} for name in CLASSES]})["id"]
    labels = {one["name"]: one["id"] for one in ask("GET", f"/api/labels?project_id={project}")["results"]}
    for start in range(0, len(images), PER_TASK):
        _task_by_hand(ask, {"name": f"{key} {start}", "project_id": project}, labels, images[start : start + PER_TASK])


def _task_by_hand(ask: Any, spec: Mapping[str, Any], labels: Mapping[str, int], images: Sequence[BatchImage]) -> None:
    task = ask("POST", "/api/tasks", {**spec, "segment_size": 25, "overlap": 0})["id"]
    place, form = f"/api/tasks/{task}/data/", _form(images)
    ask("POST", place, headers={"Upload-Start": "1"})
    ask("POST", place, form, {"Upload-Multiple": "1", "Content-Type": "multipart/form-data; boundary=edge"})
    order = [one.path.name for one in images]
    end = {"image_quality": 95, "sorting_method": "predefined", "upload_file_order": order}
    work = ask("POST", place, end, {"Upload-Finish": "1"})["rq_id"]
    while ask("GET", f"/api/requests/{quote(work)}")["status"] != "finished":
        pass
    shapes = [
        {
            "type": "rectangle",
            "frame": frame,
            "label_id": labels[box.label],
            "points": [box.x1, box.y1, box.x2, box.y2],
            "source": "auto",
        }
        for frame, image in enumerate(images)
        for box in image.boxes
    ]
    ask("PUT", f"/api/tasks/{task}/annotations/", {"shapes": shapes, "tags": [], "tracks": []})


def _form(images: Sequence[BatchImage]) -> bytes:
    body = io.BytesIO()
    for number, one in enumerate(images):
        named = f'Content-Disposition: form-data; name="client_files[{number}]"; filename="{one.path.name}"'
        body.write(f"--edge\r\n{named}\r\n\r\n".encode() + one.path.read_bytes() + b"\r\n")
    body.write(b"--edge--\r\n")
    return body.getvalue()
