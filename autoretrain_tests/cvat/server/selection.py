"""Which frames have a known answer, and where their copies go."""

import random
from collections.abc import Sequence

import numpy as np

from autoretrain_tests.cvat.server.pictures import Frame


def chosen(wanted: dict, frames: list[int], segments: Sequence[list[int]], names: list[str]) -> list[int]:
    """The frames that the parameters ask for, in order; the generator is the server's own, so seeds agree."""
    method, seed = wanted.get("frame_selection_method"), wanted.get("random_seed")
    if method == "manual":
        return sorted(names.index(said) if isinstance(said, str) else said for said in wanted["frames"])
    generator = np.random.Generator(np.random.MT19937(seed=seed))
    if method == "random_per_job":
        counts = [(wanted.get("frames_per_job_count"), wanted.get("frames_per_job_share"), part) for part in segments]
    else:
        counts = [(wanted.get("frame_count"), wanted.get("frame_share"), frames)]
    picked = [_pick(generator, part, _count(count, share, len(part))) for count, share, part in counts]
    return sorted({frame for part in picked for frame in part})


def _count(count: int | None, share: float | None, size: int) -> int:
    return min(size, count or max(1, int((share or 0) * size)))


def _pick(generator: np.random.Generator, frames: list[int], count: int) -> list[int]:
    return [int(frame) for frame in generator.choice(frames, size=count, shuffle=False, replace=False)]


def honeypots(
    jobs: Sequence[list[Frame]], pool: list[Frame], per_job: int, generator: random.Random
) -> tuple[list[Frame], dict[int, int]]:
    """All frames with the copies mixed in and the pool at the end, and which place repeats which of the pool."""
    frames: list[Frame] = []
    repeats: dict[int, int] = {}
    for number, job in enumerate(jobs):
        picked = [(number * per_job + index) % len(pool) for index in range(per_job)]
        mixed = [(frame, None) for frame in job] + [(pool[index], index) for index in picked]
        generator.shuffle(mixed)
        repeats |= {len(frames) + place: index for place, (_, index) in enumerate(mixed) if index is not None}
        frames += [frame for frame, _ in mixed]
    return frames + pool, repeats
