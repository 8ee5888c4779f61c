"""Places and quotas: who gets in when several limits hold at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import polars as pl

from autoretrain_assets.mining.copies import leaders, near


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may get in, and how many of a source (None: any number) and of each reason may be in at last."""

    places: int
    distance: int
    of_source: int | None = None
    of_reason: Mapping[str, int] = field(default_factory=dict)


def fill(waiting: pl.DataFrame, held: pl.DataFrame, limits: Limits, block: int = 1024) -> pl.DataFrame:
    """Those of `waiting` that get in: each, from the best on, that no limit forbids beside all that are in by then.

    Both have sha256, source, phash, reported and `reasons`; `held` are in already, whatever the limits say. An
    image needs the place of one of its reasons, and who is in changes places wherever that makes one free. No two
    near-duplicates get in, and none of what is in.

    Whoever is refused is refused again when those that got in are held the next time: a limit depends on
    who is in and not on when they came, and one more image never makes room. `block` images are compared at a time.
    """
    kinds = _kinds(limits.of_reason)
    waiting, before, held = _marked(waiting, kinds), held.height, _marked(held, kinds)
    while not waiting.is_empty() and (places := limits.places + before - held.height) > 0:
        waiting = waiting.filter(_has_room(held, limits, kinds))
        entering, settled = _enter(waiting.head(block), held, limits, kinds)
        held = pl.concat([held, entering.head(places)])
        waiting = waiting.slice(settled)
    return held.slice(before)


def _kinds(rooms: Mapping[str, int]) -> dict[str, int]:
    """The places of each set of reasons, named like "operator uncertain".

    A set of images has a place for each exactly when no set of reasons has more images that have no other
    reason than places (Hall 1935).
    """
    sets = [chosen for size in range(1, len(rooms) + 1) for chosen in combinations(sorted(rooms), size)]
    return {" ".join(chosen): sum(rooms[reason] for reason in chosen) for chosen in sets}


def _marked(images: pl.DataFrame, kinds: Mapping[str, int]) -> pl.DataFrame:
    """With a column for each set of reasons: whether the image has one of them and none but them."""
    known = {reason for kind in kinds for reason in kind.split()}
    own = pl.col("reasons").list.set_intersection(pl.lit(sorted(known), dtype=pl.List(pl.String)))

    def within(kind: str) -> pl.Expr:
        rest = own.list.set_difference(pl.lit(kind.split(), dtype=pl.List(pl.String)))
        return (own.list.len() > 0) & (rest.list.len() == 0)

    marks = [within(kind).alias(kind) for kind in kinds]
    return images.select("sha256", "source", "phash", "reported", *marks)


def _has_room(held: pl.DataFrame, limits: Limits, kinds: Mapping[str, int]) -> pl.Expr:
    room = pl.lit(value=True)
    if limits.of_source is not None:
        full = held.group_by("source").len().filter(pl.col("len") >= limits.of_source)["source"]
        room = (pl.lit(limits.of_source > 0)) & ~pl.col("source").is_in(full.implode())
    return pl.all_horizontal(room, *(~pl.col(kind) for kind in kinds if held[kind].sum() >= kinds[kind]))


def _enter(
    front: pl.DataFrame, held: pl.DataFrame, limits: Limits, kinds: Mapping[str, int]
) -> tuple[pl.DataFrame, int]:
    """Those of `front` that get in before a limit first forbids one, and how many of `front` that settles.

    All of `front` have room of their own, so this is a round in which at least the first gets in or goes.
    """
    apart = front.with_row_index("_at").filter(~near(front, held, limits.distance))
    apart = apart.filter(leaders(apart, limits.distance))
    everyone = pl.concat([held, apart.drop("_at")]).with_columns(_fits=_fits(limits, kinds))
    fits = everyone["_fits"].slice(held.height)
    forbidden = apart.filter(~fits)["_at"]
    if forbidden.is_empty():
        return apart.drop("_at"), front.height
    return apart.filter(pl.col("_at") < forbidden[0]).drop("_at"), int(forbidden[0])


def _fits(limits: Limits, kinds: Mapping[str, int]) -> pl.Expr:
    each = [~pl.col(kind) | (pl.col(kind).cast(pl.Int64).cum_sum() <= room) for kind, room in kinds.items()]
    if limits.of_source is not None:
        each.append(pl.int_range(1, pl.len() + 1).over("source") <= limits.of_source)
    return pl.all_horizontal(pl.lit(value=True), *each)
