"""Daily tables: a file a day, read whole or lazily."""

from datetime import date

import polars as pl
import pytest

from autoretrain_assets.errors import IntegrityError
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


def test_a_scan_says_which_day_a_row_is_of(table):
    assert table.scan(day="day").collect().schema == {"name": pl.String, "number": pl.Int64, "day": pl.Date}
    assert table.scan(day="day").collect().is_empty()
    table.write(NEXT, pl.DataFrame({"number": [3], "name": ["b"]}))
    table.write(DAY, pl.DataFrame({"number": [1, 2], "name": ["a", "c"]}))

    rows = table.scan(day="day").collect()
    assert rows.rows() == [("a", 1, DAY), ("c", 2, DAY), ("b", 3, NEXT)]
    assert rows.schema["day"] == pl.Date


def test_the_stamp_changes_with_every_write_and_with_nothing_else(table):
    seen = [table.stamp()]
    for day, number in ((DAY, 1), (NEXT, 1), (DAY, 2), (DAY, 2)):
        table.write(day, pl.DataFrame({"name": ["a"], "number": [number]}))
        seen.append(table.stamp())
        assert table.stamp() == seen[-1]
    table.path(NEXT).unlink()
    seen.append(table.stamp())

    assert len(set(seen)) == len(seen)


def test_a_day_knows_when_it_was_written_last(table):
    assert table.written() == {}
    for day in (DAY, NEXT):
        table.write(day, pl.DataFrame({"name": ["a"], "number": [1]}))
    before = table.written()
    assert list(before) == [DAY, NEXT]
    assert before[DAY] <= before[NEXT]

    table.write(DAY, pl.DataFrame({"name": ["a"], "number": [1]}))
    assert table.written()[DAY] >= before[NEXT]
    assert table.written()[NEXT] == before[NEXT]


def test_a_damaged_day_is_told_by_its_file(table):
    table.write(DAY, pl.DataFrame({"name": ["a"], "number": [1]}))
    path = table.path(DAY)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(IntegrityError, match=r"2026-03-02\.parquet is no whole table"):
        table.read(DAY)
