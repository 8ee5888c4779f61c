"""The evaluation of a version, and how it lies in the store."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from autoretrain_assets.schema import METRICS, conform
from autoretrain_assets.store import artifacts
from autoretrain_assets.store.base import VersionStore

FIGURES, FACTS = "metrics.parquet", "evaluation.json"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Champion (None: there is none) and challenger on one sealed test, measured together."""

    version: str
    champion: str | None
    measured_at: datetime
    images: int
    latency_ms: Mapping[str, float]
    metrics: pl.DataFrame

    def as_files(self) -> dict[str, bytes]:
        """The files that are kept of it; `from_files` undoes it."""
        buffer = io.BytesIO()
        self.metrics.write_parquet(buffer)
        facts = {
            "version": self.version,
            "champion": self.champion,
            "measured_at": self.measured_at.isoformat(),
            "images": self.images,
            "latency_ms": dict(self.latency_ms),
        }
        return {
            FIGURES: buffer.getvalue(),
            FACTS: json.dumps(facts, indent=2, sort_keys=True).encode(),
        }

    @classmethod
    def from_files(cls, metrics: bytes, evaluation: bytes) -> "Evaluation":
        """The evaluation that `as_files` wrote."""
        facts = json.loads(evaluation)
        return cls(
            version=facts["version"],
            champion=facts["champion"],
            measured_at=datetime.fromisoformat(facts["measured_at"]),
            images=facts["images"],
            latency_ms=facts["latency_ms"],
            metrics=conform(pl.read_parquet(io.BytesIO(metrics)), METRICS),
        )


def is_made(store: VersionStore, version: str) -> bool:
    """Whether `version` was measured."""
    return FACTS in artifacts.names(store, version)


def read(store: VersionStore, version: str) -> Evaluation:
    """The evaluation of `version`; raises NotFound where it was not measured."""
    return Evaluation.from_files(*(artifacts.read(store, version, name) for name in (FIGURES, FACTS)))


def champion(store: VersionStore, version: str) -> str | None:
    """What `version` was measured against, None: nothing; raises NotFound where it was not measured."""
    named: str | None = artifacts.read_json(store, version, FACTS)["champion"]
    return named


def measured_at(store: VersionStore, version: str) -> datetime:
    """When `version` was measured; raises NotFound where it was not."""
    return datetime.fromisoformat(artifacts.read_json(store, version, FACTS)["measured_at"])
