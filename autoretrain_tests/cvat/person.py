"""A person at the server: draws, deletes frames, calls jobs finished; over HTTP, with no more rights than they have."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autoretrain_tests.cvat.real import RealServer
from autoretrain_tests.cvat.standin import StandIn

Drawn = tuple[str, float, float, float, float]
"""A rectangle: label, x1, y1, x2, y2."""


class Person:
    """One account's hands. `admin` may do all; `ann` sees her jobs alone, and cannot accept them."""

    def __init__(self, server: StandIn | RealServer, name: str = "admin") -> None:
        self._server, self._authorization = server, server.authorization(name)

    def finish(self, task: int, boxes: Mapping[str | int, Sequence[Drawn]] | None = None) -> None:
        """Draw, and accept every job of the task."""
        self.draw(task, boxes or {})
        self.accept(task)

    def draw(self, task: int, boxes: Mapping[str | int, Sequence[Drawn]]) -> None:
        """These and no other boxes lie on the frames, named by number, file name or its stem; others stay."""
        labels = {label["name"]: label["id"] for label in self._pages(f"/api/labels?task_id={task}")}
        wanted = self._numbered(task, boxes)
        for job in self.jobs(task):
            numbers = set(range(job["start_frame"], job["stop_frame"] + 1)) & set(wanted)
            if not numbers:
                continue
            place = f"/api/jobs/{job['id']}/annotations/"
            kept = [shape for shape in self.send("GET", place)["shapes"] if shape["frame"] not in numbers]
            new = [_shape(number, labels[name], place) for number in sorted(numbers) for name, *place in wanted[number]]
            self.send("PUT", place, {"shapes": kept + new})

    def delete_frame(self, task: int, frame: str | int) -> None:
        """The image is not to be labelled; it stays in its place."""
        for job in self.jobs(task):
            gone = set(self._numbered(task, {frame: ()})) & set(range(job["start_frame"], job["stop_frame"] + 1))
            if gone:
                before = self.send("GET", f"/api/jobs/{job['id']}/data/meta")["deleted_frames"]
                self.send("PATCH", f"/api/jobs/{job['id']}/data/meta", {"deleted_frames": sorted(gone | set(before))})

    def complete(self, task: int) -> None:
        """What an annotator does at the end: every job's state is completed, at whatever stage it is."""
        self._set(task, state="completed")

    def accept(self, task: int) -> None:
        """What a reviewer does at the end: stage acceptance, state completed."""
        self._set(task, stage="acceptance", state="completed")

    def accept_job(self, job: int) -> None:
        """The same for one job."""
        self.send("PATCH", f"/api/jobs/{job}", {"stage": "acceptance", "state": "completed"})

    def reject(self, task: int) -> None:
        """Send every job back to its annotator."""
        self._set(task, stage="annotation", state="rejected")

    def assign(self, job: int, name: str) -> None:
        """Give the job to this user."""
        self.send("PATCH", f"/api/jobs/{job}", {"assignee": self._server.user(name).id})

    def jobs(self, task: int, kind: str = "annotation") -> list[dict[str, Any]]:
        """The task's jobs of this type, oldest first."""
        return sorted(self._pages(f"/api/jobs?task_id={task}&type={kind}"), key=lambda job: job["id"])

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """One request; an error where the server refuses."""
        status, answer = self.ask(method, path, body)
        assert status < 400, f"{method} {path} answered {status}: {answer}"
        return answer

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request: its status and body."""
        connection = self._server.connection()
        headers = {"Authorization": self._authorization, "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, json.loads(content) if content[:1] in b"{[" and content else content

    def _set(self, task: int, **changes: str) -> None:
        for job in self.jobs(task):
            self.send("PATCH", f"/api/jobs/{job['id']}", changes)

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        yield from self.send("GET", f"{path}&page_size=500")["results"]

    def _numbered(self, task: int, frames: Mapping[str | int, Sequence[Drawn]]) -> dict[int, Sequence[Drawn]]:
        names = [frame["name"] for frame in self.send("GET", f"/api/tasks/{task}/data/meta")["frames"]]
        known = {key for number, name in enumerate(names) for key in (number, name, name.rpartition(".")[0])}
        assert set(frames) <= known, f"no such frames: {set(frames) - known}"
        return {
            number: frames[key]
            for number, name in enumerate(names)
            for key in (number, name, name.rpartition(".")[0])
            if key in frames
        }


def _shape(frame: int, label: int, points: Sequence[float]) -> dict[str, Any]:
    return {"type": "rectangle", "frame": frame, "label_id": label, "points": [float(value) for value in points]}
