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
    assert table.query().is_empty()
    assert table.days() == []


def test_what_is_written_is_read_with_its_columns_alone(table):
    table.write(DAY, pl.DataFrame({"number": [1], "name": ["a"], "other": [2]}))
    table.write(NEXT, pl.DataFrame({"number": [3], "name": ["b"]}))

    assert table.read(DAY).rows() == [("a", 1)]
    assert table.query().rows() == [("a", 1), ("b", 3)]
    assert table.days() == [DAY, NEXT]


def test_equal_rows_are_equal_bytes(table):
    rows = pl.DataFrame({"name": ["a"], "number": [1]})
    table.write(DAY, rows)
    before = table.path(DAY).read_bytes()
    table.write(DAY, rows)

    assert table.path(DAY).read_bytes() == before


def test_a_scan_says_which_day_a_row_is_of(table):
    assert table.query(day="day").schema == {"name": pl.String, "number": pl.Int64, "day": pl.Date}
    assert table.query(day="day").is_empty()
    table.write(NEXT, pl.DataFrame({"number": [3], "name": ["b"]}))
    table.write(DAY, pl.DataFrame({"number": [1, 2], "name": ["a", "c"]}))

    rows = table.query(day="day")
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


def truncated(path):
    path.write_bytes(path.read_bytes()[:-20])


def emptied(path):
    path.write_bytes(b"")


def of_other_columns(path):
    pl.DataFrame({"name": ["a"], "colour": ["red"]}).write_parquet(path)


def of_other_types(path):
    pl.DataFrame({"name": ["a"], "number": ["one"]}).write_parquet(path)


def rotten_inside(path):
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(len(content) // 4) + content[4 + len(content) // 4 :])


DAMAGES = [truncated, emptied, of_other_columns, of_other_types]


@pytest.mark.parametrize("damage", [*DAMAGES, rotten_inside])
def test_a_query_names_the_damaged_file_and_the_way_out(tmp_path, damage):
    table = Table(tmp_path, {"name": pl.String, "number": pl.Int64}, "ask for {day} again")
    for day in (DAY, NEXT):
        table.write(day, pl.DataFrame({"name": ["a"], "number": [1]}))
    damage(table.path(NEXT))

    with pytest.raises(IntegrityError, match=r"2026-03-03\.parquet is no whole table .*: ask for 2026-03-03 again\.$"):
        table.query(lambda rows: rows.filter(pl.col("number") > 0))


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damaged_day_is_found_by_the_files_ends(table, damage):
    for day in (DAY, NEXT):
        table.write(day, pl.DataFrame({"name": ["a"], "number": [1]}))
    assert list(table.damaged()) == []
    damage(table.path(NEXT))
    assert ["2026-03-03.parquet" in str(error) for error in table.damaged()] == [True]


@pytest.fixture
def grown(tmp_path):
    """A table that got a column since its first day was written."""
    Table(tmp_path, {"name": pl.String}).write(DAY, pl.DataFrame({"name": ["a"]}))
    table = Table(tmp_path, {"name": pl.String, "seconds": pl.Float64})
    table.write(NEXT, pl.DataFrame({"name": ["b"], "seconds": [2.5]}))
    return table


def test_a_day_that_was_written_before_a_later_column_has_nothing_in_it(grown):
    assert grown.read(DAY).rows() == [("a", None)]
    assert grown.query().rows() == [("a", None), ("b", 2.5)]
    assert grown.query(lambda rows: rows.select("name"), day="day").rows() == [("a",), ("b",)]
    assert grown.query(day="day")["day"].to_list() == [DAY, NEXT]
    assert list(grown.damaged()) == []


def test_a_day_of_before_and_without_a_column_that_was_always_there_is_damaged(grown):
    pl.DataFrame({"seconds": [1.0]}).write_parquet(grown.path(DAY))
    with pytest.raises(IntegrityError, match=r"2026-03-02\.parquet is no whole table"):
        grown.query()
    assert ["2026-03-02.parquet" in str(error) for error in grown.damaged()] == [True]


def test_a_later_column_of_another_type_is_damage(grown):
    pl.DataFrame({"name": ["a"], "seconds": ["long"]}).write_parquet(grown.path(DAY))
    with pytest.raises(IntegrityError, match=r"2026-03-02\.parquet is no whole table"):
        grown.query()


def test_a_question_that_makes_no_sense_is_not_laid_at_a_files_door(table):
    table.write(DAY, pl.DataFrame({"name": ["a"], "number": [1]}))
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        table.query(lambda rows: rows.select("colour"))
