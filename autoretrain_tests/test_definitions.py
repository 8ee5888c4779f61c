"""What Dagster loads: every asset described, in its group, on the partitions of its home."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from autoretrain_assets.assets.labeled_dataset import labeled_dataset
from autoretrain_assets.automation.partitions import bound_to, days_of
from autoretrain_assets.config import parse_settings
from autoretrain_assets.config.settings import Days
from autoretrain_assets.definitions import build
from autoretrain_assets.errors import SettingsError
from autoretrain_assets.founding import lay_out

DAILY = {"raw_feedback", "drift_report", "mined_samples", "cvat_tasks", "annotations"}
BY_VERSION = {"labeled_dataset", "finetuned_checkpoint", "evaluation_report", "release_decision"}


@pytest.fixture
def definitions(tmp_path):
    settings = parse_settings("dataset: {classes: [car]}\ndays: {first: 2026-03-01, last: 2026-03-04}")
    lay_out(tmp_path / "home", settings)
    return build(tmp_path / "home")


@pytest.fixture
def nodes(definitions):
    graph = definitions.resolve_asset_graph()
    return {key.to_user_string(): graph.get(key) for key in graph.get_all_asset_keys()}


def test_all_assets_are_there_and_explained(nodes):
    assert set(nodes) == DAILY | BY_VERSION | {"production_model"}
    for name, node in nodes.items():
        assert node.description, name
        assert node.group_name != "default", name
        assert node.kinds, name


@pytest.mark.parametrize("backend", ["git", "lakefs"])
def test_a_version_is_of_the_kind_of_its_store(backend):
    settings = parse_settings(f"store: {{backend: {backend}, lakefs: {{url: http://lakefs.example.org}}}}")
    [bound] = bound_to(settings, [labeled_dataset])
    assert bound.get_asset_spec().kinds == {backend, "parquet"}


def test_daily_assets_have_the_days_of_the_home(nodes):
    for name in DAILY:
        keys = nodes[name].partitions_def.get_partition_keys()
        assert keys == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"], name


@pytest.mark.parametrize("ahead", [None, 0, 1, 30])
def test_today_is_a_day_and_tomorrow_is_none_yet(ahead):
    today = datetime.now(UTC).date()
    last = None if ahead is None else today + timedelta(days=ahead)

    keys = days_of(Days(first=today - timedelta(days=2), last=last)).get_partition_keys()

    assert keys[-1] == today.isoformat()
    assert len(keys) == 3


def test_versions_are_dynamic_partitions_and_production_has_none(nodes):
    assert {nodes[name].partitions_def.name for name in BY_VERSION} == {"dataset_version"}
    assert nodes["production_model"].partitions_def is None


def test_a_version_is_made_of_all_days(nodes):
    mapping = nodes["labeled_dataset"].partition_mappings[dg.AssetKey("annotations")]

    assert isinstance(mapping, dg.AllPartitionMapping)


def test_one_training_at_a_time(nodes):
    assert nodes["finetuned_checkpoint"].pools == {"training"}


def test_wrong_settings_are_named_when_dagster_loads(tmp_path):
    lay_out(tmp_path / "home", parse_settings("dataset: {classes: [car]}"))
    (tmp_path / "home" / "autoretrain.yaml").write_text("minning: {}\n")

    with pytest.raises(SettingsError, match="line 1: minning"):
        build(tmp_path / "home")


def test_a_home_is_loaded_without_a_warning_and_without_torch(tmp_path):
    home = lay_out(tmp_path / "home", parse_settings("dataset: {classes: [car]}"))
    told = "import sys; from autoretrain_assets.definitions import definitions; definitions(); "
    told += "assert not {'torch', 'ultralytics'} & set(sys.modules), 'loading must not pay for training'"
    loaded = subprocess.run(
        [sys.executable, "-W", "error", "-c", told],
        env=os.environ | {"AUTORETRAIN_HOME": str(home.root), "DAGSTER_HOME": str(home.dagster)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (loaded.returncode, loaded.stderr) == (0, "")
