"""Answers against known answers, frame by frame: pairs of one label that overlap enough."""

from dataclasses import dataclass
from typing import Any

from autoretrain_tests.cvat.server.work import Job


@dataclass(frozen=True)
class FrameFound:
    """One frame: how many were drawn and known, how many agree, how many overlap under another label."""

    frame: int
    drawn: int
    known: int
    valid: int
    mislabelled: int

    @property
    def missing(self) -> int:
        return self.known - self.valid - self.mislabelled

    @property
    def extra(self) -> int:
        return self.drawn - self.valid - self.mislabelled


@dataclass(frozen=True)
class Comparison:
    """Of the frames that have a known answer, out of `total`."""

    frames: list[FrameFound]
    total: int

    def summary(self) -> dict[str, Any]:
        """As a report shows it."""
        kinds = {
            "missing_annotation": sum(frame.missing for frame in self.frames),
            "extra_annotation": sum(frame.extra for frame in self.frames),
            "mismatching_label": sum(frame.mislabelled for frame in self.frames),
        }
        errors, share = sum(kinds.values()), len(self.frames) / self.total if self.total else 0.0
        sizes = {"frame_count": len(self.frames), "frame_share": share, "total_frames": self.total}
        said = {"validation_frames": len(self.frames), "validation_frame_share": share, "conflict_count": errors}
        kinds = {name: count for name, count in kinds.items() if count}
        return sizes | said | {"warning_count": 0, "error_count": errors, "conflicts_by_type": kinds} | self.counts()

    def counts(self) -> dict[str, Any]:
        """Counts and shares of boxes; nothing of nothing is 0, as the server has it."""
        valid, drawn, known = (sum(getattr(f, name) for f in self.frames) for name in ("valid", "drawn", "known"))
        total = drawn + known - valid - sum(frame.mislabelled for frame in self.frames)
        shares = {"accuracy": valid / (total or 1), "precision": valid / (drawn or 1), "recall": valid / (known or 1)}
        return {"valid_count": valid, "ds_count": drawn, "gt_count": known, "total_count": total} | shares

    def data(self) -> dict[str, Any]:
        """The summary, and each frame's own."""
        numbers = [frame.frame for frame in self.frames]
        results = {str(frame.frame): {"annotations": Comparison([frame], 1).counts()} for frame in self.frames}
        return {"comparison_summary": self.summary() | {"frames": numbers}, "frame_results": results}


def compared(job: Job, known: Job, threshold: float) -> Comparison:
    """The job's boxes against those of the job of known answers; a honeypot against the frame it repeats."""
    validation = job.task.validation
    pairs = [(frame, validation.honeypots.get(frame, frame)) for frame in job.frames]
    checked = [(frame, real) for frame, real in pairs if real in validation.frames and real not in validation.disabled]
    return Comparison([_frame(job, frame, known, real, threshold) for frame, real in checked], len(job.frames))


def _frame(job: Job, frame: int, known: Job, real: int, threshold: float) -> FrameFound:
    drawn = [shape for shape in job.shapes if shape["frame"] == frame]
    right = [shape for shape in known.shapes if shape["frame"] == real]
    agreed = _paired(drawn, right, threshold, same=True)
    rest = [[shape for shape in side if id(shape) not in agreed] for side in (drawn, right)]
    mislabelled = _paired(*rest, threshold, same=False)
    return FrameFound(frame, len(drawn), len(right), len(agreed) // 2, len(mislabelled) // 2)


def _paired(left: list[dict], right: list[dict], threshold: float, same: bool) -> set[int]:
    """Identities of shapes that were paired, those that overlap most first."""
    pairs = [(_overlap(a["points"], b["points"]), a, b) for a in left for b in right]
    taken: set[int] = set()
    for overlap, a, b in sorted(pairs, key=lambda pair: -pair[0]):
        fits = overlap >= threshold and (a["label_id"] == b["label_id"]) is same
        if fits and not {id(a), id(b)} & taken:
            taken |= {id(a), id(b)}
    return taken


def _overlap(a: list[float], b: list[float]) -> float:
    """Intersection over union of two rectangles."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, width) * max(0.0, height)
    whole = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / whole if whole > 0 else 0.0
