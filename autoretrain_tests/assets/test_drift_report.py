"""The page of a day: what was compared with what, and in plain words what was not."""

import io
from datetime import UTC, date, datetime

import dagster as dg
import numpy as np
import polars as pl
import pytest

from autoretrain_assets.assets import reference
from autoretrain_assets.assets.drift_report import drift_report
from autoretrain_assets.config import parse_settings
from autoretrain_assets.drift.features import features
from autoretrain_assets.founding import lay_out
from autoretrain_assets.release import registry
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.schema import RAW_FEEDBACK
from autoretrain_assets.store import artifacts
from autoretrain_tests.tables import box

DAY = date(2026, 3, 2)


@pytest.fixture
def home(tmp_path):
    """v0001 sees little in its traffic, v0002 a lot in the same; v0002 is in production."""
    settings = parse_settings("dataset: {classes: [car]}\ndays: {first: 2026-03-01, last: 2026-03-04}")
    home = lay_out(tmp_path / "home", settings)
    for version, seen in (("v0001", 1), ("v0002", 5)):
        known = features(events(version, 60, seen, seed=1), "predictions", ["car"], 0.25)
        buffer = io.BytesIO()
        known.with_columns(regime=pl.lit("v0001")).write_parquet(buffer)
        artifacts.put(home.store, version, {reference.NAME: buffer.getvalue()}, "measured")
        registry.promote(home.store, version, "a" * 64, "better", "gate")
    return home


def events(model, count, seen, trigger="random", seed=2):
    brightness = np.random.default_rng(seed).normal(100, 10, count)
    rows = [
        {
            "sha256": f"{model}-{trigger}-{number}",
            "captured_at": datetime(2026, 3, 2, tzinfo=UTC),
            "source": "cam",
            "brightness": brightness[number],
            "event_id": f"{model}-{trigger}-{number}",
            "model_version": model,
            "trigger": trigger,
            "predictions": [box(confidence=0.8)] * (seen + number % 2),
            "verdicts": [],
        }
        for number in range(count)
    ]
    return pl.DataFrame(rows, schema=RAW_FEEDBACK)


def page_of(home, rows):
    home.raw_feedback.write(DAY, rows)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [drift_report],
            partition_key=DAY.isoformat(),
            resources={"home": HomeResource(root=str(home.root))},
            instance=instance,
        )
        (made,) = result.asset_materializations_for_node("drift_report")
    return {name: value.value for name, value in made.metadata.items()}


def test_a_promotion_in_the_middle_of_a_day_is_no_drift(home):
    shown = page_of(home, pl.concat([events("v0001", 40, 1), events("v0002", 20, 5)]))

    assert shown["alarm"] is False
    assert shown["compared with the reference of"] == "v0001"
    assert shown["events of other models left out"] == 20
    assert "20 random events of other models than v0001 were left out" in shown["why"]


def test_a_day_without_a_random_event_says_that_nothing_was_tested(home):
    shown = page_of(home, events("v0002", 30, 5, trigger="operator"))

    assert shown["why"] == "- no random event that day: nothing was tested."
    assert home.drift_report.read(DAY).is_empty()
