"""Which images of a day are worth a person's time, within a budget."""

import polars as pl

from autoretrain_assets.config.settings import Mining
from autoretrain_assets.errors import SettingsError
from autoretrain_assets.mining.images import images_of, refreshed
from autoretrain_assets.mining.lots import lots
from autoretrain_assets.mining.naming import BESIDE, named
from autoretrain_assets.mining.quotas import Limits, fill
from autoretrain_assets.mining.signals import REASONS
from autoretrain_assets.schema import MINED_SAMPLES, conform, empty

MINED, RANDOM = "mined", "random"
"""The arms: chosen for a reason, and drawn by chance so that gains can be measured without bias."""


def mine(
    raw: pl.DataFrame,
    settings: Mining,
    gap_seconds: float,
    taken: pl.Series,
    seed: int,
    kept: pl.DataFrame | None = None,
    beside: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The images of a day to be labelled, as schema.MINED_SAMPLES sorted by captured_at; one row an image.

    `raw` holds the day's events (schema.RAW_FEEDBACK), `taken` the sha256 of images that other days' tasks or
    the dataset have already. An image in several events has all their reasons and the newest one's predictions.

    `kept` are those of the day's samples that are in a task (schema.MINED_SAMPLES). They stay, with the reasons,
    events and score of today, and count towards each limit: however often a day is mined it has one budget, and
    mined again with nothing new it gives the same again.

    Scenes (`group`) are formed of all images of the day, whether taken or not, and of those `beside`
    (naming.BESIDE): the images of the days before and after, of which none is chosen. So a scene shorter than a
    day has one name, that of its true start, or the one that it has in a task. A source that never pauses is cut
    once a day.

    The random arm, round(budget_per_day x random_share) images, is drawn first, by a hash of seed and sha256:
    later events do not reshuffle it. It draws from the images that were sent at random where the day has
    such, else from all, and before anything is dropped for a better score, so it stays a fair sample of what is
    not in a task. Its `reasons` are those that the image happens to have, often none.

    The mined arm takes the other images by score, the best that a reason gives. A near-duplicate of one of the
    source that is in either arm is left out; an image that an operator reported is never left out for one that
    none did. reason_shares and max_source_share are parts of the whole budget, rounded down; the random arm
    counts towards its source's part but is not bound by it. Where quotas leave places free, they stay
    free. Raises SettingsError where reason_shares names what is no reason.
    """
    _check(settings)
    images = images_of(raw.lazy(), settings).collect()
    kept = refreshed(empty(MINED_SAMPLES) if kept is None else kept, images)
    around = [part.select(*BESIDE) for part in (kept, beside) if part is not None]
    fresh = named(images, pl.concat(around), gap_seconds).filter(
        ~pl.col("sha256").is_in(taken.implode()) & ~pl.col("sha256").is_in(kept["sha256"].implode())
    )
    pool = fresh.filter("sent_at_random") if images["sent_at_random"].any() else fresh
    samples = pl.concat([kept, _arm(_drawn(pool, kept, settings, seed), RANDOM)])
    samples = pl.concat([samples, _arm(_best(fresh, samples, settings), MINED)])
    return samples.sort("captured_at", "sha256")


def _check(settings: Mining) -> None:
    unknown = sorted(set(settings.reason_shares) - set(REASONS))
    if unknown:
        raise SettingsError(
            f"mining.reason_shares names {', '.join(unknown)}: there is no such reason; known: {', '.join(REASONS)}."
        )


def _arm(images: pl.DataFrame, arm: str) -> pl.DataFrame:
    return conform(images.with_columns(arm=pl.lit(arm)), MINED_SAMPLES)


def _drawn(pool: pl.DataFrame, held: pl.DataFrame, settings: Mining, seed: int) -> pl.DataFrame:
    shuffled = pool.with_columns(_lot=lots(pool["sha256"], seed), reported=pl.lit(value=False)).sort("_lot", "sha256")
    limits = Limits(_places(RANDOM, held, settings), settings.near_duplicate_distance)
    drawn = fill(shuffled, held.with_columns(reported=pl.lit(value=False)), limits)
    return pool.join(drawn, on="sha256", how="semi")


def _best(images: pl.DataFrame, held: pl.DataFrame, settings: Mining) -> pl.DataFrame:
    budget, shares = settings.budget_per_day, settings.reason_shares
    reported = pl.col("reasons").list.contains("operator") & ("operator" in shares)
    reasons = pl.col("reasons").list.set_intersection(pl.lit(sorted(shares), dtype=pl.List(pl.String)))
    candidates = (
        images.join(held, on="sha256", how="anti")
        .with_columns(reported=reported, reasons=reasons)
        .filter(pl.col("reasons").list.len() > 0)
        .sort("score", "reported", "sha256", descending=[True, True, False])
    )
    # The random arm is bound by no reason.
    of_reason = pl.when(pl.col("arm") == MINED).then("reasons").otherwise(pl.lit([], dtype=pl.List(pl.String)))
    limits = Limits(
        places=_places(MINED, held, settings),
        distance=settings.near_duplicate_distance,
        of_source=_part(budget, settings.max_source_share),
        of_reason={reason: _part(budget, share) for reason, share in shares.items()},
    )
    best = fill(candidates, held.with_columns(reported=reported, reasons=of_reason), limits)
    return images.join(best, on="sha256", how="semi")


def _places(arm: str, held: pl.DataFrame, settings: Mining) -> int:
    """The places that the arm has left; a changed share does not make the budget of both larger."""
    budget = settings.budget_per_day
    at_random = round(budget * settings.random_share)
    size = at_random if arm == RANDOM else budget - at_random
    return min(size - held.filter(arm=arm).height, budget - held.height)


def _part(budget: int, share: float) -> int:
    # 0.29 x 100 is 28.999999999999996: a share is meant as written.
    return int(budget * share + 1e-9)
