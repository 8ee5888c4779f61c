"""Daily tables as Parquet, a file a day: whole or absent, and never partly a day's."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from autoretrain_assets.errors import IntegrityError
from autoretrain_assets.files import write_parquet
from autoretrain_assets.schema import Columns, conform, empty


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its folder and its columns."""

    folder: Path
    columns: Columns

    def read(self, day: date) -> pl.DataFrame:
        """The day's rows; no row where the day was never written. Raises IntegrityError for a damaged file."""
        path = self.path(day)
        if not path.is_file():
            return empty(self.columns)
        try:
            return conform(pl.read_parquet(path), self.columns)
        except pl.exceptions.PolarsError as error:
            raise IntegrityError(f"{path} is no whole table ({error}): restore it from a backup.") from error

    def scan(self, day: str | None = None) -> pl.LazyFrame:
        """All days, lazily; with a column of that name that says which, where `day` is given."""
        files = [self.path(written) for written in self.days()]
        rows = pl.scan_parquet(files, include_file_paths=day) if files else empty(self.columns).lazy()
        if day is None:
            return rows
        name = pl.col(day).str.extract(r"(\d{4}-\d\d-\d\d)\.parquet$") if files else pl.lit(None, pl.String)
        return rows.with_columns(name.str.to_date().alias(day))

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

    def days(self) -> list[date]:
        """The days that were written, oldest first."""
        return sorted(date.fromisoformat(path.stem) for path in self.folder.glob("????-??-??.parquet"))

    def path(self, day: date) -> Path:
        """Where the day's rows are kept."""
        return self.folder / f"{day.isoformat()}.parquet"
