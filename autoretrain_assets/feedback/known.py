"""The events that a day has: those of earlier passes, and those of this one."""

from typing import Any

import polars as pl

from autoretrain_assets.feedback.event import Event
from autoretrain_assets.feedback.rows import Rows
from autoretrain_assets.images import ImageFacts

BATCH = 4_000
"""So many events are kept as Python's values, which fill memory, before they become a table, which costs 2 ms."""

BOXES = 100_000
"""Or events of so many boxes, some 30 MB: one event may have 20,000."""


class Known:
    """The events of a day, by id."""

    def __init__(self, existing: pl.DataFrame) -> None:
        self._tables = [existing]
        self._at = {event_id: (0, at) for at, event_id in enumerate(existing["event_id"])}
        self._recent = Rows()

    def find(self, event_id: str) -> dict[str, Any] | None:
        """The row of that event, or None."""
        if event_id not in self._at:
            return None
        table, at = self._at[event_id]
        return self._recent.row(at) if table == len(self._tables) else self._tables[table].row(at, named=True)

    def add(self, event: Event, sha256: str, facts: ImageFacts) -> None:
        """Add an event that is not known, with its image."""
        self._at[event.event_id] = (len(self._tables), len(self._recent))
        self._recent.add(event, sha256, facts)
        if len(self._recent) >= BATCH or self._recent.boxes >= BOXES:
            self._settle()

    def added(self) -> pl.DataFrame:
        """What was added, in that order."""
        self._settle()
        return pl.concat(self._tables[1:])

    def _settle(self) -> None:
        self._tables.append(self._recent.table())
        self._recent = Rows()
