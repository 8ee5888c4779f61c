"""Daily tables as Parquet, a file a day: whole or absent, and never partly a day's."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import write_parquet
from autoretrain_assets.schema import Columns, conform, empty, later

Query = Callable[[pl.LazyFrame], pl.LazyFrame]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its folder, its columns, and what an owner does about a damaged day, `{day}` standing for it."""

    folder: Path
    columns: Columns = field(hash=False)
    way_out: str = "restore it from a backup"

    def read(self, day: date) -> pl.DataFrame:
        """The day's rows; no row where the day was never written. Raises IntegrityError for a damaged file."""
        path = self.path(day)
        if not path.is_file():
            return empty(self.columns)
        try:
            return conform(pl.read_parquet(path), self.columns)
        except pl.exceptions.PolarsError as error:
            raise self._damaged(day, error) from error

    def query(self, ask: Query = lambda rows: rows, day: str | None = None) -> pl.DataFrame:
        """What `ask` makes of all days; `day` names a column that says which, where it is given.

        Raises IntegrityError for a damaged file. Which one that is, is only looked for once something failed.
        """
        try:
            return self._answered(ask, day)
        except pl.exceptions.PolarsError:
            for written in self.days():
                self.read(written)
            for error in self.damaged():
                raise error from None
            raise

    def damaged(self) -> Iterator[IntegrityError]:
        """An error for each day whose file has no end or other columns; a year of days takes some 40 ms.

        Only the files' ends are read: what is damaged further in shows when the day is asked for.
        """
        for day in self.days():
            try:
                found = pl.read_parquet_schema(self.path(day))
            except pl.exceptions.PolarsError as error:
                yield self._damaged(day, error)
                continue
            if {**later(self.columns), **found} != self.columns:
                yield self._damaged(day, f"it has the columns {', '.join(found)}, or their types are others")

    def written(self) -> dict[date, int]:
        """When each day was written last, in ns."""
        return {day: self.path(day).stat().st_mtime_ns for day in self.days()}

    def stamp(self) -> str:
        """Changes when any day was written; a year of days takes milliseconds, for no file is opened."""
        states = [(path.name, path.stat()) for path in sorted(self.folder.glob("*.parquet"))]
        seen = [(name, state.st_ino, state.st_mtime_ns, state.st_size) for name, state in states]
        return hashlib.sha256(repr(seen).encode()).hexdigest()

    def write(self, day: date, rows: pl.DataFrame) -> None:
        """Replace the day's rows."""
        write_parquet(self.path(day), conform(rows, self.columns))

    def make_older(self, day: date, than: "Table") -> None:
        """Let the day's file be older than that of `than`, just written, also where the clock was set back since."""
        path, before = self.path(day), than.path(day).stat().st_mtime_ns - 1
        if path.is_file() and path.stat().st_mtime_ns > before:
            os.utime(path, ns=(before, before))

    def days(self) -> list[date]:
        """The days that were written, oldest first."""
        return sorted(date.fromisoformat(path.stem) for path in self.folder.glob("????-??-??.parquet"))

    def path(self, day: date) -> Path:
        """Where the day's rows are kept."""
        return self.folder / f"{day.isoformat()}.parquet"

    def _answered(self, ask: Query, day: str | None) -> pl.DataFrame:
        try:
            return ask(self._scan(day)).collect()
        except pl.exceptions.ColumnNotFoundError:
            # A file of before the later columns looks like a damaged one: which it is, its end tells.
            for error in self.damaged():
                raise error from None
            return ask(self._scan(day, missing="insert")).collect()

    def _scan(self, day: str | None, missing: Literal["raise", "insert"] = "raise") -> pl.LazyFrame:
        files = [self.path(written) for written in self.days()]
        if not files:
            return empty(self.columns if day is None else self.columns | {day: pl.Date}).lazy()
        rows = pl.scan_parquet(files, schema=self.columns, include_file_paths=day, missing_columns=missing)
        if day is None:
            return rows
        name = pl.col(day).str.extract(r"(\d{4}-\d\d-\d\d)\.parquet$")
        return rows.with_columns(name.str.to_date().alias(day))

    def _damaged(self, day: date, why: Exception | str) -> IntegrityError:
        said = " ".join(str(why).split())
        return IntegrityError(f"{self.path(day)} is no whole table ({said}): {self.way_out.format(day=day)}.")
