"""One task is made: in steps of which each may be the last, and the next run goes on from there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from autoretrain_assets.labeling.base import BatchImage, KnownImage
from autoretrain_assets.labeling.cvat import frames, jobs, known, remarks, uploads
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.frames import Frames
from autoretrain_assets.labeling.cvat.jobs import Jobs
from autoretrain_assets.labeling.cvat.naming import Part, frame_name
from autoretrain_assets.labeling.cvat.people import Rotation
from autoretrain_assets.labeling.cvat.shapes import rectangles
from autoretrain_assets.labeling.cvat.wire import CvatTask, Job
from autoretrain_assets.labeling.failures import Gone


@dataclass(frozen=True, slots=True)
class Maker:
    """What all tasks of a batch are made with: the project, its labels' ids by name, and whose turn it is.

    `seen` names by sha256 who labels an image in an earlier task.
    """

    server: Connection
    project: int
    label_ids: Mapping[str, int]
    turns: Rotation
    seen: Mapping[str, str] = field(default_factory=dict)

    def make(self, part: Part, images: Sequence[BatchImage], known_images: Sequence[KnownImage]) -> CvatTask:
        """Make the task from nothing."""
        settings = self.server.settings
        body = {"name": part.name_before, "project_id": self.project, "segment_size": settings.images_per_job}
        overlap = {} if known_images and settings.known_mode == "gt_pool" else {"overlap": 0}
        task = self.server.post(CvatTask, "/api/tasks", body | overlap)
        files = {frame_name(one): one.path for one in known.spread(images, known_images)}
        uploads.send(self.server, task.id, files, [frame_name(one) for one in known_images])
        return self.complete(task, part, images, known_images)

    def complete(
        self, task: CvatTask, part: Part, images: Sequence[BatchImage], known_images: Sequence[KnownImage]
    ) -> CvatTask:
        """Give a task whose images are there all the rest, and last its name."""
        mine = jobs.of_tasks(self.server, [task.id]).get(task.id)
        if mine is None:
            raise Gone(f"CVAT's task {task.id} is gone while it was made: the next run makes it anew.")
        shown = frames.read(self.server, task.id, has_known=mine.truth is not None)
        frames.verify_sizes(task.id, shown.all, images)
        for job in mine.asked:
            self._prefill(job, shown, images)
        known.answer(self.server, mine, shown, known_images, self.label_ids)
        remarks.make(self.server, _remarks(mine, shown, images))
        for place, job in enumerate(mine.asked):
            self._assign(job, part, place, shown)
        self.server.patch(f"/api/tasks/{task.id}", {"name": part.name})
        return CvatTask(task.id, part.name, len(shown.all))

    def _prefill(self, job: Job, shown: Frames, images: Sequence[BatchImage]) -> None:
        """The model's boxes, where nobody began yet: replacing all, twice is as once."""
        if job.state != jobs.NEW:
            return
        boxes = {image.sha256: image.boxes for image in images}
        shapes = [
            shape
            for number, sha in shown.asked.items()
            if job.start_frame <= number <= job.stop_frame
            for shape in rectangles(number, boxes.get(sha, ()), self.label_ids, source="auto")
        ]
        if shapes:
            self.server.put(f"/api/jobs/{job.id}/annotations/", {"shapes": shapes, "tags": [], "tracks": []})

    def _assign(self, job: Job, part: Part, place: int, shown: Frames) -> None:
        asked = shown.asked
        seen = Counter(self.seen[asked[frame]] for frame in job.frames if asked.get(frame) in self.seen)
        turn = self.turns.of(_number(part.key) + part.number + place, seen)
        if turn is not None and job.assignee is None:
            self.server.patch(f"/api/jobs/{job.id}", {"assignee": turn.id})


def _remarks(mine: Jobs, shown: Frames, images: Sequence[BatchImage]) -> list[remarks.Remark]:
    by_sha = {image.sha256: image for image in images}
    found = ((number, by_sha.get(sha), mine.of_frame(number)) for number, sha in shown.asked.items())
    return [
        remark for number, image, job in found if image and job for remark in remarks.of_image(image, job.id, number)
    ]


def _number(key: str) -> int:
    """Whose turn it is first: by the key, so that a task that is made again goes to the same people."""
    return int.from_bytes(sha256(key.encode()).digest()[:4])
