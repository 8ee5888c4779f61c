"""Is a day unlike all that the model was trained on?

Each source's day is compared, feature by feature, with the regimes of its reference: the traffic of the days
that one dataset version brought in, and all of them together. A night that the model has learned is a regime,
not drift.

The tests take images as independent draws. Frames that follow each other closely are not, so hand in a
sample of the day, such as the events that were sent at random.
"""

import polars as pl

from autoretrain_assets.config.settings import Drift
from autoretrain_assets.drift.comparison import Comparison, compare, nearness
from autoretrain_assets.schema import DRIFT, conform, empty

POOLED = "all"
"""The regime of all reference images together."""


def detect(day: pl.DataFrame, reference: pl.DataFrame, settings: Drift) -> pl.DataFrame:
    """The report of a day, as schema.DRIFT: a row for each source of the day and each feature, sorted by source.

    `day` is a table of features.features, `reference` one too with a column `regime`. A source is compared
    in each regime that it has a part in: with its own images, or with all of the regime's where it has fewer than
    settings.min_images.

    A row shows the source's nearest regime: the one whose smallest p-value is largest. Holm's step-down
    procedure (1979) over all rows marks `alarm`. In the nearest regime a source's smallest p-value is no smaller
    than in the regime that it really is like, so the chance that any source that is like a regime is in alarm
    stays within settings.family_error; and a source in alarm differs from every regime, as in the others
    its smallest p-value is smaller still.

    `p_value` is null, and `alarm` false, where either side has fewer than settings.min_images values.
    """
    parts = [
        pl.DataFrame(_nearest(part, reference, settings.min_images), schema_overrides=DRIFT, infer_schema_length=None)
        for part in day.sort("source").partition_by("source", maintain_order=True)
    ]
    filled = [conform(part.with_columns(alarm=pl.lit(value=False)), DRIFT) for part in parts]
    report = pl.concat([empty(DRIFT), *filled])
    # Regimes can differ in the features that have enough values; the day's count bounds them all.
    tests = int((report["images"] >= settings.min_images).sum())
    return report.with_columns(alarm=_holm(report["p_value"], tests, settings.family_error))


def alarm(report: pl.DataFrame) -> bool:
    """Whether any source of the day is in alarm."""
    return bool(report["alarm"].any())


def explain(report: pl.DataFrame) -> list[str]:
    """Sentences, source by source: each feature in alarm, from what it moved to what, and what was not tested."""
    parts = report.partition_by("source", maintain_order=True)
    return [sentence for part in parts for sentence in [*_moved(part), *_untested(part)]]


def _nearest(day: pl.DataFrame, reference: pl.DataFrame, min_images: int) -> list[Comparison]:
    source = day["source"][0]
    everything = reference.unique("sha256", keep="first", maintain_order=True)  # versions can share a day
    pooled = compare(day, _like(everything, source, min_images), POOLED, min_images)
    named = [
        compare(day, _like(regime, source, min_images), regime["regime"][0], min_images)
        for regime in _regimes(reference, source)
    ]
    tested = [one for one in [*named, pooled] if any(row.p_value is not None for row in one)]
    return max(tested, key=nearness, default=pooled)


def _regimes(reference: pl.DataFrame, source: str) -> list[pl.DataFrame]:
    """The regimes that the source has a part in: another source's night is not its own; a new source takes all."""
    regimes = reference.drop_nulls("regime").sort("regime").partition_by("regime", maintain_order=True)
    return [regime for regime in regimes if source in regime["source"]] or regimes


def _like(regime: pl.DataFrame, source: str, min_images: int) -> pl.DataFrame:
    """The source's own images of a regime, or those of all sources where it has too few."""
    own = regime.filter(source=source)
    return own if own.height >= min_images else regime


def _holm(p_values: pl.Series, tests: int, family_error: float) -> pl.Series:
    """Which of `tests` hypotheses Holm's procedure rejects; those without a p-value are the last to be tried."""
    limit = family_error / (tests - pl.int_range(pl.len()))
    stopped = ((pl.col("p") > limit) | pl.col("p").is_null()).cast(pl.Int64).cum_sum() > 0
    ranked = pl.DataFrame({"p": p_values}).with_row_index("row").sort("p", nulls_last=True, maintain_order=True)
    return ranked.with_columns(alarm=~stopped).sort("row")["alarm"]


def _moved(part: pl.DataFrame) -> list[str]:
    text = pl.format(
        "{}: {} moved from {} to {} ({} images that day against {} of {}, p = {}).",
        "source",
        "feature",
        _figure("reference_mean"),
        _figure("mean"),
        "images",
        "reference_images",
        "regime",
        pl.col("p_value").round_sig_figs(2),
    )
    return part.filter("alarm").sort("p_value", "feature").select(sentence=text)["sentence"].to_list()


def _untested(part: pl.DataFrame) -> list[str]:
    rows = part.filter(pl.col("p_value").is_null())
    if rows.is_empty():
        return []
    what = rows["feature"].str.join(", ").item() if rows.height < part.height else "anything"
    counts = f"at most {rows['images'].max()!s} of that day, {rows['reference_images'].max()!s} of the reference"
    return [f"{part['source'][0]!s}: too few images to test {what}: {counts}."]


def _figure(column: str) -> pl.Expr:
    return pl.col(column).round_sig_figs(4)
