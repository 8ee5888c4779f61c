"""Places and quotas: who gets in when several limits hold at once."""

import polars as pl


def fill(claims: pl.DataFrame, places: int) -> pl.DataFrame:
    """The claims that get a place: each, from the best on, whose image has none yet and whose limits have room.

    `claims` come best first: sha256, source, reason, and the number of places that its reason
    (`reason_room`) and its source (`source_room`) have. An image has a claim for each of its reasons. At
    most `places` are given.

    In rounds instead of row by row: all up to the first claim that finds a full limit get in at once, then
    the claims on full limits go. Each round fills a limit, so there are no more rounds than limits.
    """
    held = claims.clear()
    waiting = _with_room(claims, held)
    while held.height < places and not waiting.is_empty():
        queue = pl.concat([held, waiting.unique("sha256", keep="first", maintain_order=True)])
        held = queue.filter((~_fits()).cast(pl.Int64).cum_sum() == 0).head(places)
        waiting = _with_room(waiting.join(held, on="sha256", how="anti", maintain_order="left"), held)
    return held


def _fits() -> pl.Expr:
    def place(limit: str) -> pl.Expr:
        return pl.int_range(1, pl.len() + 1).over(limit)

    return (place("reason") <= pl.col("reason_room")) & (place("source") <= pl.col("source_room"))


def _with_room(claims: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    for limit in ("reason", "source"):
        used = held.group_by(limit).len("used")
        room = pl.col("used").fill_null(0) < pl.col(f"{limit}_room")
        claims = claims.join(used, on=limit, how="left", maintain_order="left").filter(room).drop("used")
    return claims
