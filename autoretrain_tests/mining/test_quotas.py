from itertools import permutations

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from autoretrain_assets.mining.quotas import Limits, fill

SCHEMA = {
    "sha256": pl.String,
    "source": pl.String,
    "phash": pl.UInt64,
    "reported": pl.Boolean,
    "reasons": pl.List(pl.String),
}

images = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 63), st.booleans(), st.sets(st.sampled_from("xyz"), min_size=1)),
    max_size=9,
)
kept = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 63), st.booleans(), st.sets(st.just("x"))), max_size=3)
limits = st.builds(
    Limits,
    places=st.integers(-1, 6),
    distance=st.integers(0, 2),
    of_source=st.none() | st.integers(0, 4),
    of_reason=st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3)),
)


def table_of(facts, start=0):
    return pl.DataFrame(
        [(f"{start + at}", source, phash, told, sorted(why)) for at, (source, phash, told, why) in enumerate(facts)],
        schema=SCHEMA,
        orient="row",
    )


def each_has_a_place(needs, rooms):
    """Tried out: whether some order of all places gives each the place of a reason of its own."""
    places = [reason for reason, room in rooms.items() for _ in range(room)]
    if len(places) < len(needs):
        return False
    return any(
        all(place in own for place, own in zip(order, needs, strict=False)) for order in set(permutations(places))
    )


def needs_of(images, limits):
    return [own for image in images if (own := set(image["reasons"]) & set(limits.of_reason))]


def row_by_row(waiting, held, limits):
    """What `fill` says it does, told plainly."""
    inside, entered = list(held.iter_rows(named=True)), []
    for image in waiting.iter_rows(named=True):
        same = [other for other in inside if other["source"] == image["source"]]
        copies = [other for other in same if (other["phash"] ^ image["phash"]).bit_count() <= limits.distance]
        free = all(image["reported"] and not other["reported"] for other in copies)
        free &= limits.of_source is None or len(same) < limits.of_source
        free &= each_has_a_place(needs_of([*inside, image], limits), limits.of_reason)
        if free and len(entered) < limits.places:
            inside.append(image)
            entered.append(image["sha256"])
    return entered


@given(images, kept, limits, st.integers(1, 4))
def test_rounds_give_what_row_by_row_gives(facts, inside, limits, block):
    waiting, held = table_of(facts), table_of(inside, start=100)
    assume(each_has_a_place(needs_of(held.iter_rows(named=True), limits), limits.of_reason))
    assert fill(waiting, held, limits, block)["sha256"].to_list() == row_by_row(waiting, held, limits)


@given(images, limits, st.randoms())
def test_who_was_refused_is_refused_again_in_whatever_order(facts, limits, chance):
    waiting = table_of(facts)
    entered = waiting.join(fill(waiting, waiting.clear(), limits), on="sha256", how="semi")
    left = waiting.join(entered, on="sha256", how="anti")
    again = left.sample(fraction=1.0, shuffle=True, seed=chance.randrange(1000))
    full = Limits(limits.places - entered.height, limits.distance, limits.of_source, limits.of_reason)
    assert fill(again, entered, full).is_empty()
