"""What stands on the stand-in server, as a person there sees it."""

from collections import Counter
from typing import Any

from autoretrain_assets.labeling.base import Batch
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.cvat.standin import StandIn


class Look:
    """Reads the server over HTTP, as the admin."""

    def __init__(self, server: StandIn) -> None:
        self.person = Person(server)

    def listed(self, path: str) -> list[dict[str, Any]]:
        """All of a list."""
        return self.person.send("GET", f"{path}{'&' if '?' in path else '?'}page_size=500")["results"]

    def tasks(self) -> list[dict[str, Any]]:
        """All tasks, oldest first."""
        return sorted(self.listed("/api/tasks"), key=lambda task: task["id"])

    def frames(self, task: int) -> list[str]:
        """The sha256s that the task shows, in the order of its frames."""
        shown = self.person.send("GET", f"/api/tasks/{task}/data/meta")["frames"]
        return [frame["name"].rpartition(".")[0] for frame in shown]

    def drawn(self, task: int, kind: str = "annotation") -> dict[str, list[tuple[Any, ...]]]:
        """By sha256: source and points of what lies there."""
        names, found = self.frames(task), dict[str, list[tuple[Any, ...]]]()
        for job in self.person.jobs(task, kind):
            for shape in self.person.send("GET", f"/api/jobs/{job['id']}/annotations/")["shapes"]:
                found.setdefault(names[shape["frame"]], []).append((shape["source"], *shape["points"]))
        return found

    def remarks(self) -> Counter[tuple[int, int, str]]:
        """How often it is said, by job, frame and what is said."""
        said = {one["issue"]: one["message"] for one in self.listed("/api/comments")}
        return Counter((one["job"], one["frame"], said[one["id"]]) for one in self.listed("/api/issues"))

    def is_there_once(self, batch: Batch) -> None:
        """Each image is in one task, which is whole, and no other task is there."""
        tasks = self.tasks()
        shown = Counter(sha for task in tasks for sha in self.frames(task["id"]))
        assert shown == Counter(one.sha256 for one in (*batch.images, *batch.known))
        assert not [task["name"] for task in tasks if "being made" in task["name"]]

    def is_whole(self, batch: Batch) -> None:
        """Each image is in one task, with all that it should have, once; nothing else is there."""
        self.is_there_once(batch)
        tasks = self.tasks()
        drawn = {sha: boxes for task in tasks for sha, boxes in self.drawn(task["id"]).items()}
        asked = {
            one.sha256: [("auto", box.x1, box.y1, box.x2, box.y2) for box in one.boxes]
            for one in batch.images
            if one.boxes
        }
        assert drawn == asked
        right = {sha: len(boxes) for task in tasks for sha, boxes in self.drawn(task["id"], "ground_truth").items()}
        assert right == {one.sha256: len(one.boxes) for one in batch.known if one.boxes}
        remarks = self.remarks()
        assert set(remarks.values()) <= {1}
        assert len(remarks) == sum(len(one.reports) for one in batch.images)
        jobs = [job for task in tasks for job in self.person.jobs(task["id"])]
        assert all(job["assignee"] for job in jobs)
        truths = [job for task in tasks for job in self.person.jobs(task["id"], "ground_truth")]
        assert all((job["stage"], job["state"]) == ("acceptance", "completed") for job in truths)
        assert len(self.listed("/api/projects")) == 1
        assert sorted(label["name"] for label in self.listed("/api/labels")) == sorted(batch.classes)
