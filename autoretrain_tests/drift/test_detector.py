import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoretrain_assets.config.settings import Drift
from autoretrain_assets.drift.detector import alarm, detect, explain
from autoretrain_assets.schema import DRIFT

FEATURES = ["brightness", "contrast", "detections", "mean_confidence", "share:car", "share:never"]
COLUMNS = {"sha256": pl.String, "source": pl.String} | dict.fromkeys(FEATURES, pl.Float64)


def images(seed, count, source="cam", brightness=120.0):
    """Of one kind, whatever the seed: six features, one of which never varies."""
    random = np.random.default_rng(seed)
    detections = random.poisson(3, count).astype(float)
    table = {
        "sha256": [f"{source}-{seed}-{n}" for n in range(count)],
        "source": [source] * count,
        "brightness": random.normal(brightness, 10, count),
        "contrast": random.normal(30, 5, count),
        "detections": detections,
        "mean_confidence": random.beta(5, 2, count),
        "share:car": random.binomial(4, 0.5, count) / 4,
        "share:never": np.zeros(count),
    }
    seen = pl.col("detections") > 0
    return pl.DataFrame(table, schema=COLUMNS).with_columns(
        pl.when(seen).then(pl.col("mean_confidence", "share:car", "share:never"))
    )


def regime(name, *parts):
    return pl.concat(parts).with_columns(regime=pl.lit(name))


DAYLIGHT = regime("v0001", images(1, 120, "north"), images(2, 120, "south"))


@pytest.mark.slow
def test_false_alarms_stay_within_the_bound():
    bound = Drift(family_error=0.05)
    days = 200
    alarms = 0
    for seed in range(days):
        # The reference is drawn anew as well: the bound is over both samples.
        known = regime("v0001", images(10_000 + seed, 60, "north"), images(20_000 + seed, 60, "south"))
        day = pl.concat([images(30_000 + seed, 30, "north"), images(40_000 + seed, 30, "south")])
        alarms += alarm(detect(day, known, bound))
    # 10 expected at the bound itself; 20 is over three standard deviations more.
    assert alarms <= 20


def test_a_brightness_shift_is_found_and_named():
    day = pl.concat([images(3, 30, "north"), images(4, 30, "south", brightness=60)])
    report = detect(day, DAYLIGHT, Drift())
    assert report.filter("alarm").select("source", "feature").rows() == [("south", "brightness")]
    (sentence,) = explain(report)
    assert "south" in sentence
    assert "brightness" in sentence
    assert "v0001" in sentence


def test_a_learned_regime_silences_it():
    night = images(5, 30, "south", brightness=40)
    assert alarm(detect(night, DAYLIGHT, Drift()))
    learned = pl.concat([DAYLIGHT, regime("v0002", images(6, 30, "south", brightness=40))])
    report = detect(night, learned, Drift())
    assert not alarm(report)
    assert set(report["regime"]) == {"v0002"}
    assert not alarm(detect(images(7, 30, "south"), learned, Drift()))


def test_what_is_between_two_regimes_is_like_neither():
    learned = pl.concat([DAYLIGHT, regime("v0002", images(6, 60, "south", brightness=20))])
    report = detect(images(8, 30, "south", brightness=70), learned, Drift())
    assert report.filter("alarm")["feature"].to_list() == ["brightness"]


def test_another_sources_regime_does_not_silence_it():
    learned = pl.concat([DAYLIGHT, regime("v0002", images(6, 30, "north", brightness=40))])
    assert alarm(detect(images(5, 30, "south", brightness=40), learned, Drift()))


def test_a_source_with_few_images_of_a_learned_regime_borrows_those_of_the_others():
    night = regime("v0002", images(8, 40, "north", brightness=40), images(9, 4, "south", brightness=40))
    day = images(10, 30, "south", brightness=40)
    report = detect(day, pl.concat([DAYLIGHT, night]), Drift())
    assert not alarm(report)
    assert set(report["regime"]) == {"v0002"}


def test_a_new_source_is_compared_with_all():
    report = detect(images(9, 30, "east"), DAYLIGHT, Drift())
    assert report["reference_images"].max() == 240
    assert not alarm(report)
    assert alarm(detect(images(9, 30, "east", brightness=40), DAYLIGHT, Drift()))


def test_too_few_images_are_reported_as_not_tested():
    report = detect(images(3, 9, "south", brightness=0), DAYLIGHT, Drift(min_images=10))
    assert report["p_value"].null_count() == report.height == len(FEATURES)
    assert not alarm(report)
    assert "south" in explain(report)[0]
    assert "9" in explain(report)[0]


def test_a_feature_without_values_is_named_as_not_tested():
    blind = DAYLIGHT.with_columns(mean_confidence=pl.lit(None, pl.Float64))
    report = detect(images(3, 30, "south"), blind, Drift())
    assert report.filter(pl.col("p_value").is_null())["feature"].to_list() == ["mean_confidence"]
    (sentence,) = explain(report)
    assert "mean_confidence" in sentence
    assert "contrast" not in sentence


def test_holm_steps_down():
    # Six features of 5 against 5 images that nothing shares: p = 2/252 each. The first bound is 0.05 / 6.
    day = pl.DataFrame({"sha256": list("abcde"), "source": "cam", **{name: [0.0] * 5 for name in FEATURES}})
    apart = day.with_columns(pl.col(FEATURES) + 1, regime=pl.lit("v0001"))
    report = detect(day, apart, Drift(family_error=0.05, min_images=2))
    assert report["p_value"].to_list() == pytest.approx([2 / 252] * 6)
    assert report["alarm"].all()
    assert not alarm(detect(day, apart, Drift(family_error=0.047, min_images=2)))
    # Once five of six are rejected, the last one is held to 0.05 alone.
    half = apart.with_columns(brightness=pl.Series([0.0, 1, 1, 1, 1]))
    report = detect(day, half, Drift(family_error=0.2, min_images=2))
    assert report["p_value"].max() == pytest.approx(20 / 252)
    assert report["alarm"].all()


def test_no_image_on_either_side():
    assert detect(images(1, 0), DAYLIGHT, Drift()).is_empty()
    report = detect(images(1, 20), DAYLIGHT.clear(), Drift())
    assert not alarm(report)
    assert report["regime"].null_count() == report.height
    assert explain(report.clear()) == []


values = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True, width=32), st.just(0.0))


def wild(extra):
    row = st.tuples(st.sampled_from(["a", "b"]), values, values, *extra)
    columns = {"source": pl.String, "brightness": pl.Float64, "contrast": pl.Float64}
    return st.lists(row, max_size=12).map(
        lambda rows: pl.DataFrame(
            rows, schema=columns | ({"regime": pl.String} if extra else {}), orient="row"
        ).with_row_index("sha256")
    )


@settings(max_examples=60)
@given(wild(()), wild((st.sampled_from(["v0001", "v0002"]),)), st.floats(0, 1), st.booleans())
def test_wild_input_gives_a_report(day, reference, family_error, blank):
    if blank:
        day = day.with_columns(contrast=pl.lit(None))
    report = detect(day, reference, Drift(family_error=family_error, min_images=2))
    assert dict(report.schema) == dict(pl.DataFrame(schema=DRIFT).schema)
    assert report.height == 2 * day["source"].n_unique()
    assert report["alarm"].null_count() == 0
    assert not report.filter(pl.col("p_value").is_null())["alarm"].any()
    untested = report.filter(pl.col("p_value").is_null())["source"].n_unique()
    assert len(explain(report)) == report["alarm"].sum() + untested
