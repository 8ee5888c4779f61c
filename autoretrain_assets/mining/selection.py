"""Which images of a day are worth a person's time, within a budget."""

import polars as pl

from autoretrain_assets.config.settings import Mining
from autoretrain_assets.errors import SettingsError
from autoretrain_assets.mining.copies import distinct, near
from autoretrain_assets.mining.lots import lots
from autoretrain_assets.mining.quotas import fill
from autoretrain_assets.mining.signals import REASONS, signals
from autoretrain_assets.scenes import group_by_time
from autoretrain_assets.schema import FRAME, MINED_SAMPLES, conform

MINED, RANDOM = "mined", "random"
"""The arms: chosen for a reason, and drawn by chance so that gains can be measured without bias."""

_ORDER, _DOWN = ["score", "_reported"], [True, True, False]


def mine(raw: pl.DataFrame, settings: Mining, gap_seconds: float, taken: pl.Series, seed: int) -> pl.DataFrame:
    """The images of a day to be labelled, as schema.MINED_SAMPLES sorted by captured_at; one row an image.

    `raw` holds the day's events (schema.RAW_FEEDBACK), `taken` the sha256 of images that other days' tasks or
    the dataset have already. An image in several events has all their reasons and the newest one's predictions.
    Scenes (`group`) are formed of all images of the day, whether taken or not.

    The random arm, round(budget_per_day x random_share) images, is drawn first, by a hash of seed and sha256:
    later events do not reshuffle it. It draws from the images that were sent at random where the day has
    such, else from all, and before anything is dropped for a better score, so it stays a fair sample. Its
    `reasons` are those that the image happens to have, often none.

    The mined arm takes the other images by score, the best that a reason gives. A near-duplicate of a better
    image of the source, or of one in the random arm, is left out; an image that an operator reported is never
    left out for one that none did. reason_shares and max_source_share are parts of the whole budget, rounded
    down; the random arm counts towards its source's part but is not bound by it. Where quotas leave places
    free, they stay free. Raises SettingsError where reason_shares names what is no reason.
    """
    _check(settings)
    everything = group_by_time(_images(raw.lazy(), settings).collect(), gap_seconds)
    fair = everything.filter("sent_at_random")
    pool, images = (
        part.join(taken.to_frame("sha256"), on="sha256", how="anti", maintain_order="left")
        for part in (everything if fair.is_empty() else fair, everything)
    )
    size = round(settings.budget_per_day * settings.random_share)
    control = _draw(pool, settings.near_duplicate_distance, size, seed)
    best = _best(images, control, settings, settings.budget_per_day - size)
    samples = pl.concat([control.with_columns(arm=pl.lit(RANDOM)), best.with_columns(arm=pl.lit(MINED))])
    return conform(samples.sort("captured_at", "sha256"), MINED_SAMPLES)


def _check(settings: Mining) -> None:
    unknown = sorted(set(settings.reason_shares) - set(REASONS))
    if unknown:
        raise SettingsError(
            f"mining.reason_shares names {', '.join(unknown)}: there is no such reason; known: {', '.join(REASONS)}."
        )


def _images(raw: pl.LazyFrame, settings: Mining) -> pl.LazyFrame:
    """One row an image: its frame, its events' reasons and scores, and the newest event's predictions."""
    newest = raw.sort("captured_at", "event_id").unique("sha256", keep="last", maintain_order=True)
    used = [name for name in REASONS if name in settings.reason_shares]
    together = (
        raw.select("event_id", "sha256", "trigger")
        .join(signals(raw, settings), on="event_id")
        .group_by("sha256")
        .agg(
            pl.col(*REASONS).max(),
            event_ids=pl.col("event_id").unique().sort(),
            sent_at_random=(pl.col("trigger") == "random").any(),
            reasons=pl.col("reasons").explode(empty_as_null=True).drop_nulls().unique().sort(),
        )
        .with_columns(score=pl.max_horizontal(pl.lit(0.0), *used))
    )
    return newest.select(*FRAME, "model_version", "predictions").join(together, on="sha256")


def _draw(pool: pl.DataFrame, distance: int, size: int, seed: int) -> pl.DataFrame:
    shuffled = pool.with_columns(_lot=lots(pool["sha256"], seed)).sort("_lot", "sha256")
    apart = distinct(shuffled, distance, [pl.col("sha256").is_not_null()], size)
    return apart.sort("_lot", "sha256").head(size).drop("_lot")


def _best(images: pl.DataFrame, control: pl.DataFrame, settings: Mining, places: int) -> pl.DataFrame:
    used = sorted(settings.reason_shares)
    reported = pl.col("operator").is_not_null() if "operator" in used else pl.lit(value=False)
    distance = settings.near_duplicate_distance
    candidates = (
        images.join(control, on="sha256", how="anti")
        .filter(pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in used)))
        .with_columns(_reported=reported)
    )
    # Who is near an unreported image of the control arm goes, unless reported: then both are labelled.
    near_any = near(candidates, control, distance)
    near_reported = near(candidates, control.filter(reported), distance)
    free = candidates.filter(~near_reported & (~near_any | candidates["_reported"]))
    kinds = [pl.col(name).is_not_null() for name in used]
    apart = distinct(free.sort(*_ORDER, "sha256", descending=_DOWN), distance, kinds, places)
    claims = _claims(apart, control, settings)
    claims = claims.sort(*_ORDER, "sha256", "_own", "reason", descending=[*_DOWN, True, False])
    return images.join(fill(claims, places), on="sha256", how="semi")


def _claims(images: pl.DataFrame, control: pl.DataFrame, settings: Mining) -> pl.DataFrame:
    """A row for each image and each of its reasons, with the room that the reason and the source have."""
    budget = settings.budget_per_day
    rooms = {name: _part(budget, settings.reason_shares.get(name, 0.0)) for name in REASONS}
    drawn = control.group_by("source").agg(_drawn=pl.len().cast(pl.Int64))
    source_room = _part(budget, settings.max_source_share) - pl.col("_drawn").fill_null(0)
    return (
        images.join(drawn, on="source", how="left")
        .with_columns(source_room=source_room)
        .unpivot(REASONS, index=["sha256", "source", *_ORDER, "source_room"], variable_name="reason", value_name="_own")
        .drop_nulls("_own")
        .with_columns(reason_room=pl.col("reason").replace_strict(rooms, return_dtype=pl.Int64))
    )


def _part(budget: int, share: float) -> int:
    # 0.29 x 100 is 28.999999999999996: a share is meant as written.
    return int(budget * share + 1e-9)
