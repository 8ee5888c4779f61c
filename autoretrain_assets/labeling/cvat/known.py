"""Images whose labels are known, among those that are asked for: how good the answers are is measured on them."""

from collections.abc import Mapping, Sequence

from autoretrain_assets.labeling.agreement import f1
from autoretrain_assets.labeling.base import BatchImage, KnownImage
from autoretrain_assets.labeling.cvat import shapes
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.frames import Frames
from autoretrain_assets.labeling.cvat.jobs import ACCEPTANCE, COMPLETED, Jobs
from autoretrain_assets.labeling.cvat.naming import sha256_of
from autoretrain_assets.labeling.cvat.shapes import Drawings
from autoretrain_assets.labeling.cvat.wire import Drawn, Job
from autoretrain_assets.labeling.failures import Incompatible


def spread(images: Sequence[BatchImage], known: Sequence[KnownImage]) -> list[BatchImage | KnownImage]:
    """All of them, the known ones evenly among the others.

    Of at most half as many no two are neighbours and none is the last, so that no job of two has known ones alone:
    nothing would come back of it.
    """
    total = len(images) + len(known)
    places = {(total - 1) * (2 * number + 1) // (2 * len(known)): one for number, one in enumerate(known)}
    others = iter(images)
    return [places[place] if place in places else next(others) for place in range(total)]


def answer(
    server: Connection, mine: Jobs, shown: Frames, known: Sequence[KnownImage], label_ids: Mapping[str, int]
) -> None:
    """Put the known labels into the task's ground truth job, and call it accepted: else no report counts it.

    Raises Incompatible where the server made no such job of them.
    """
    if known and mine.truth is None:
        raise Incompatible(
            f"CVAT at {server.address} took known images and made no ground truth job of them: their answers would "
            "count. Use a newer server, or set labeling.known_share to 0."
        )
    if mine.truth is None or (mine.truth.stage, mine.truth.state) == (ACCEPTANCE, COMPLETED):
        return
    boxes = {image.sha256: image.boxes for image in known}
    drawn = [
        shape
        for number in sorted(set(shown.known.values()))
        for shape in shapes.rectangles(number, boxes[sha256_of(shown.all[number].name)], label_ids, source="manual")
    ]
    server.put(f"/api/jobs/{mine.truth.id}/annotations/", {"shapes": drawn, "tags": [], "tracks": []})
    server.patch(f"/api/jobs/{mine.truth.id}", {"stage": ACCEPTANCE, "state": COMPLETED})


def truth(server: Connection, mine: Jobs, shown: Frames, labels: Mapping[int, str]) -> Drawings:
    """The known labels by frame; nothing where the task has none."""
    if mine.truth is None:
        return Drawings()
    drawn = server.get(Drawn, f"/api/jobs/{mine.truth.id}/annotations/")
    return shapes.read(drawn, labels, range(len(shown.all)), shown.deleted)


def agreement(job: Job, shown: Frames, drawn: Drawings, known: Drawings) -> float | None:
    """How far the job's boxes agree with the known ones: the mean F1 of its known frames; None where it has none.

    A frame with something that could not be read counts by what could, and one that was deleted not at all.
    """
    pairs = [
        (drawn.boxes.get(frame, ()), known.boxes.get(real, ()))
        for frame, real in shown.known.items()
        if job.start_frame <= frame <= job.stop_frame and not {frame, real} & shown.deleted
    ]
    if not pairs:
        return None
    alike = [f1([box.as_row() for box in mine], [box.as_row() for box in right]) for mine, right in pairs]
    return sum(alike) / len(alike)
