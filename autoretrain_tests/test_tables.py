"""Daily tables: a file a day, read whole or lazily."""

from datetime import date

import polars as pl
import pytest

from autoretrain_assets.tables import Table

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def table(tmp_path):
    return Table(tmp_path / "table", {"name": pl.String, "number": pl.Int64})


def test_a_day_that_was_never_written_is_empty(table):
    assert table.read(DAY).is_empty()
    assert table.scan().collect().is_empty()
    assert table.days() == []


def test_what_is_written_is_read_with_its_columns_alone(table):
    table.write(DAY, pl.DataFrame({"number": [1], "name": ["a"], "other": [2]}))
    table.write(NEXT, pl.DataFrame({"number": [3], "name": ["b"]}))

    assert table.read(DAY).rows() == [("a", 1)]
    assert table.scan().collect().rows() == [("a", 1), ("b", 3)]
    assert table.days() == [DAY, NEXT]


def test_equal_rows_are_equal_bytes(table):
    rows = pl.DataFrame({"name": ["a"], "number": [1]})
    table.write(DAY, rows)
    before = table.path(DAY).read_bytes()
    table.write(DAY, rows)

    assert table.path(DAY).read_bytes() == before
