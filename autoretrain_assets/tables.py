"""Daily tables as Parquet, a file a day: whole or absent, and never partly a day's."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from autoretrain_assets.files import write_parquet
from autoretrain_assets.schema import Columns, conform, empty


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its folder and its columns."""

    folder: Path
    columns: Columns

    def read(self, day: date) -> pl.DataFrame:
        """The day's rows; no row where the day was never written."""
        path = self.path(day)
        return conform(pl.read_parquet(path), self.columns) if path.is_file() else empty(self.columns)

    def scan(self) -> pl.LazyFrame:
        """All days, lazily."""
        files = [self.path(day) for day in self.days()]
        return pl.scan_parquet(files) if files else empty(self.columns).lazy()

    def write(self, day: date, rows: pl.DataFrame) -> None:
        """Replace the day's rows."""
        write_parquet(self.path(day), conform(rows, self.columns))

    def days(self) -> list[date]:
        """The days that were written, oldest first."""
        return sorted(date.fromisoformat(path.stem) for path in self.folder.glob("????-??-??.parquet"))

    def path(self, day: date) -> Path:
        """Where the day's rows are kept."""
        return self.folder / f"{day.isoformat()}.parquet"
