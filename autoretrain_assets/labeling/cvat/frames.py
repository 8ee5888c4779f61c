"""Which frame of a task shows which image, and which of them are known answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autoretrain_assets.labeling.base import BatchImage
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.naming import sha256_of
from autoretrain_assets.labeling.cvat.wire import Frame, Layout, Meta
from autoretrain_assets.labeling.failures import Rejected


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a task by number. `known` maps one that is no question to the frame with its known answer."""

    all: Sequence[Frame]
    deleted: frozenset[int] = frozenset()
    known: Mapping[int, int] = field(default_factory=dict)

    @property
    def asked(self) -> dict[int, str]:
        """The sha256 of each image that people are asked for, by its frame."""
        return {number: sha256_of(frame.name) for number, frame in enumerate(self.all) if number not in self._not_asked}

    @property
    def _not_asked(self) -> set[int]:
        return {*self.known, *self.known.values()}


def read(server: Connection, task: int, *, has_known: bool) -> Frames:
    """The frames of the task; raises Gone where there is none."""
    meta = server.get(Meta, f"/api/tasks/{task}/data/meta")
    layout = server.get(Layout, f"/api/tasks/{task}/validation_layout") if has_known else Layout()
    return Frames(meta.frames, frozenset(meta.deleted_frames), _known(layout))


def verify_sizes(task: int, frames: Sequence[Frame], images: Sequence[BatchImage]) -> None:
    """Raise Rejected where the server sees an image in other pixels: all that is drawn on it would be wrong."""
    sizes = {image.sha256: (image.width, image.height) for image in images}
    for frame in frames:
        expected = sizes.get(sha256_of(frame.name))
        if expected not in {None, (frame.width, frame.height)}:
            raise Rejected(
                f"CVAT unpacked {frame.name} of its task {task} to {frame.width} x {frame.height} pixels, the image "
                f"has {expected}: take the image out of frames/, or turn it as it is shown and send it anew."
            )


def _known(layout: Layout) -> dict[int, int]:
    own = {number: number for number in layout.validation_frames or ()}
    return own | dict(zip(layout.honeypot_frames or (), layout.honeypot_real_frames or (), strict=True))
