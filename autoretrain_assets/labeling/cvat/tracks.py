"""Where a track lies on each frame, as people see it on the server. Pure.

A track is told by its keyframes. Between two of them it goes straight from the one to the other, after the last it
stays; one that is `outside` hides it until the next one that is not. A keyframe on a deleted frame is none.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from autoretrain_assets.labeling.cvat.wire import Keyframe, Track


def keyframes(track: Track, deleted: frozenset[int]) -> list[Keyframe]:
    """Those that count, in the order of their frames, one for each."""
    by_frame = {one.frame: one for one in track.shapes if one.frame not in deleted}
    return [by_frame[frame] for frame in sorted(by_frame)]


def stretches(keys: Sequence[Keyframe], frames: range) -> Iterator[tuple[int, Keyframe, Keyframe]]:
    """Each of the `frames` that the track is seen on, with the keyframe at or before it and the next one.

    The last keyframe is its own next one.
    """
    if not keys:
        return
    for one, following in pairwise([*keys, None]):
        if one is None or one.outside:
            continue
        ends = following.frame if following else frames.stop
        for frame in range(max(one.frame, frames.start), min(ends, frames.stop)):
            yield frame, one, following or one


def place(frame: int, one: Keyframe, following: Keyframe) -> list[float]:
    """The corners on a frame between two keyframes, in pixels."""
    way = following.frame - one.frame
    share = (frame - one.frame) / way if way else 0.0
    return [start + (end - start) * share for start, end in zip(one.points, following.points, strict=True)]
