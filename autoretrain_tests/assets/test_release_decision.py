"""A decision is made by the rules of its day, and is not made again once others followed it."""

import json
from datetime import UTC, datetime

import dagster as dg
import polars as pl
import pytest

from autoretrain_assets.assets.release_decision import release_decision
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset.version import write
from autoretrain_assets.evaluation.stored import Evaluation
from autoretrain_assets.founding import SETTINGS, lay_out
from autoretrain_assets.release import registry
from autoretrain_assets.resources import HomeResource
from autoretrain_assets.schema import MANIFEST, METRICS, empty
from autoretrain_assets.store import artifacts

RULE = "release: {{rules: [{{name: quick, metric: latency_ms, compare: absolute, at_most: {limit}}}]}}"
RECORD = {"parent_version": None, "images": 0, "seconds": 0, "weights_sha256": "a" * 64}


@pytest.fixture
def home(tmp_path):
    return lay_out(tmp_path / "home", parse_settings("dataset: {classes: [car]}\n" + RULE.format(limit=20)))


def measured(home, version):
    write(home.store, version, empty(MANIFEST), {}, ["car"], None, {"made for": version})
    row = {"model": "challenger", "slice": "all", "images": 9, "boxes": 9, "map50": 0.5, "map50_95": 0.5}
    metrics = pl.DataFrame([row | {"false_positives_per_image": 0.0}], schema=METRICS)
    evaluation = Evaluation(version, None, datetime(2026, 3, 2, tzinfo=UTC), 9, {"challenger": 10.0}, metrics)
    files = evaluation.as_files() | {"record.json": json.dumps(RECORD).encode(), "pictures.json": b"[]"}
    artifacts.put(home.store, version, files, "measured")


def decided(home, version, limit):
    """The outcome that the asset shows, under a rule that asks for so many ms."""
    (home.root / SETTINGS).write_text("dataset: {classes: [car]}\n" + RULE.format(limit=limit))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("dataset_version", [version])
        resources = {"home": HomeResource(root=str(home.root))}
        result = dg.materialize([release_decision], partition_key=version, resources=resources, instance=instance)
        (made,) = result.asset_materializations_for_node("release_decision")
    stored = artifacts.read_json(home.store, version, "decision.json")["outcome"]
    assert made.metadata["decision"].value == stored
    return stored


def test_the_newest_decision_follows_the_rules_of_today(home):
    measured(home, "v0001")

    assert decided(home, "v0001", limit=5) == "hold"
    assert decided(home, "v0001", limit=20) == "promote"


def test_the_model_in_production_is_not_held_by_a_rule_that_came_later(home):
    measured(home, "v0001")
    decided(home, "v0001", limit=20)
    registry.promote(home.store, "v0001", "a" * 64, "better", "gate")

    assert decided(home, "v0001", limit=5) == "promote"
    assert "promote" in (home.reports / "v0001.html").read_text()


def test_a_held_version_stays_held_once_another_was_decided(home):
    for version, limit in (("v0001", 5), ("v0002", 20)):
        measured(home, version)
        decided(home, version, limit)

    assert decided(home, "v0001", limit=20) == "hold"
