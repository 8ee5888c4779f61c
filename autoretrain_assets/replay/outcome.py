"""What a replay found: the JSON that it leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Outside = Mapping[str, Mapping[str, float | None]]
"""For each domain: map50 and map of its val split, which the loop never saw."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall time: `training` and `evaluation` are the loop's steps; measuring outside counts as evaluation."""

    total: float
    training: float
    evaluation: float

    def as_json(self) -> dict[str, float]:
        """With what is left as `other`."""
        other = self.total - self.training - self.evaluation
        return {name: round(value, 2) for name, value in (asdict(self) | {"other": other}).items()}


@dataclass(frozen=True, slots=True)
class Round:
    """One retraining of the loop and its decision."""

    version: str
    parent: str | None
    trigger: str
    decision: str
    reasons: Sequence[str]
    labels_new: int
    labels_total: int
    seconds: float
    outside: Outside

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return asdict(self) | {"seconds": round(self.seconds, 2), "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of a replay."""

    dataset: str
    start: str
    then: Sequence[str]
    seconds: Seconds
    first_version: str
    first_outside: Outside
    rounds: Sequence[Round]
    production_version: str
    production_outside: Outside

    def as_json(self) -> dict[str, Any]:
        """The JSON that a replay leaves."""
        return {
            "dataset": self.dataset,
            "start": self.start,
            "then": list(self.then),
            "seconds": self.seconds.as_json(),
            "first": {"version": self.first_version, "outside": self.first_outside},
            "rounds": [one.as_json() for one in self.rounds],
            "production": {"version": self.production_version, "outside": self.production_outside},
        }
