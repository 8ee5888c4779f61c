"""What people are told at a place of an image: what operators reported there, why it came back.

A remark is an issue with one comment. One that stands there already, and is not resolved, is not made again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autoretrain_assets.labeling.base import BatchImage
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.filters import AT_ONCE, within
from autoretrain_assets.labeling.cvat.wire import Comment, Frame, Issue

SENT_BACK = "Sent back: "
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said at a place (x1, y1, x2, y2 in pixels) of a frame, in the job that has it."""

    job: int
    frame: int
    place: tuple[float, float, float, float]
    text: str


def of_image(image: BatchImage, job: int, frame: int) -> list[Remark]:
    """What operators reported of the image, each at its place.

    Why an image was chosen is no issue: each would be a request to make and one more thing for a reviewer to resolve.
    """
    return [
        Remark(job, frame, (float(one.x1), float(one.y1), float(one.x2), float(one.y2)), f"Reported: {one.text}")
        for one in image.reports
    ]


def sent_back(reason: str, job: int, frame: int, shown: Frame) -> Remark:
    """Why the answer of a frame cannot be used."""
    return Remark(job, frame, (0.0, 0.0, float(shown.width), float(shown.height)), f"{SENT_BACK}{reason}"[:LONGEST])


def make(server: Connection, remarks: Sequence[Remark]) -> None:
    """Make those that do not stand there yet."""
    jobs = sorted({remark.job for remark in remarks})
    known = {(issue.job, issue.frame, text) for issue, text in standing(server, jobs)} if jobs else set()
    for remark in dict.fromkeys(remarks):
        if (remark.job, remark.frame, remark.text) not in known:
            position = list(remark.place)
            body = {"job": remark.job, "frame": remark.frame, "position": position, "message": remark.text}
            server.post(Issue, "/api/issues", body)


def standing(server: Connection, jobs: Sequence[int]) -> list[tuple[Issue, str]]:
    """The issues of the jobs that are not resolved, each with what was said first in it."""
    starts = range(0, len(jobs), AT_ONCE)
    return [one for start in starts for one in _standing(server, jobs[start : start + AT_ONCE])]


def _standing(server: Connection, jobs: Sequence[int]) -> list[tuple[Issue, str]]:
    open_ones = [one for one in server.all(Issue, "/api/issues", filter=within("job_id", jobs)) if not one.resolved]
    said = _first_words(server.all(Comment, "/api/comments", filter=within("job_id", jobs))) if open_ones else {}
    return [(one, said.get(one.id, "")) for one in open_ones]


def _first_words(comments: Iterable[Comment]) -> dict[int, str]:
    words = defaultdict[int, list[Comment]](list)
    for comment in comments:
        words[comment.issue].append(comment)
    return {issue: min(said, key=lambda one: one.id).message for issue, said in words.items()}
