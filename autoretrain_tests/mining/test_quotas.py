import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from autoretrain_assets.mining.quotas import fill

SCHEMA = {"sha256": pl.String, "source": pl.String, "reason": pl.String, "reason_room": int, "source_room": int}

claims = st.lists(st.tuples(st.sampled_from("pqrstu"), st.sampled_from("xyz")), max_size=15, unique=True)
rooms = st.fixed_dictionaries(dict.fromkeys("xyz", st.integers(0, 3)))
source_rooms = st.fixed_dictionaries(dict.fromkeys("AB", st.integers(-1, 4)))


def row_by_row(table, places):
    """What `fill` says it does, told plainly."""
    held = []
    for claim in table.iter_rows(named=True):
        free = all(other["sha256"] != claim["sha256"] for other in held)
        for limit in ("reason", "source"):
            free &= sum(other[limit] == claim[limit] for other in held) < claim[f"{limit}_room"]
        if free and len(held) < places:
            held.append(claim)
    return held


@given(claims, rooms, source_rooms, st.integers(0, 8))
def test_rounds_give_what_row_by_row_gives(pairs, reason_rooms, of_sources, places):
    rows = [
        (image, source, reason, reason_rooms[reason], of_sources[source])
        for image, reason in pairs
        for source in ["A" if image < "s" else "B"]
    ]
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    assert fill(table, places).to_dicts() == row_by_row(table, places)
