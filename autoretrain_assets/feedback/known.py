"""The events that a day has: those of earlier passes, and those of this one."""

import polars as pl

from autoretrain_assets.feedback.taken import Row, Taken, row_of, table_of

BATCH = 2_000
"""So many events are kept as objects, which fill memory, before they become a table, which costs a millisecond."""


class Known:
    """The events of a day, by id."""

    def __init__(self, existing: pl.DataFrame) -> None:
        self._tables = [existing]
        self._at = {event_id: (0, at) for at, event_id in enumerate(existing["event_id"])}
        self._recent: dict[str, Taken] = {}

    def find(self, event_id: str) -> Row | None:
        """The row of that event, or None."""
        if event_id in self._at:
            table, at = self._at[event_id]
            return self._tables[table].row(at, named=True)
        recent = self._recent.get(event_id)
        return None if recent is None else row_of(recent)

    def add(self, taken: Taken) -> None:
        """Add an event that is not known."""
        self._recent[taken.event.event_id] = taken
        if len(self._recent) >= BATCH:
            self._settle()

    def added(self) -> pl.DataFrame:
        """What was added, in that order."""
        self._settle()
        return pl.concat(self._tables[1:])

    def _settle(self) -> None:
        self._at |= {event_id: (len(self._tables), at) for at, event_id in enumerate(self._recent)}
        self._tables.append(table_of(list(self._recent.values())))
        self._recent.clear()
