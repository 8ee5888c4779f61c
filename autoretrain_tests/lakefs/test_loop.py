"""The whole loop from an empty server: a night is learnt, released, and all of it stands in lakeFS."""

import dagster as dg
import pytest

from autoretrain_assets import story
from autoretrain_assets.assets import showing
from autoretrain_assets.config import parse_settings
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_assets.release import registry
from autoretrain_assets.replay.run import Phase, Plan, replay
from autoretrain_assets.store import artifacts
from autoretrain_tests.conftest import SETTINGS


@pytest.mark.slow
def test_a_night_is_learnt_and_released_with_every_version_in_lakefs(lakefs_store, street, tmp_path):
    told = lakefs_store.settings.model_dump_json(include={"url", "repository", "storage_namespace"})
    settings = parse_settings(f"{SETTINGS}\nstore: {{backend: lakefs, lakefs: {told}}}\n")
    replay(Plan(street, "day", [Phase("night")], tmp_path / "home", settings, days=1), lambda _: None)
    assert not (tmp_path / "home/store.git").exists()
    versions = dataset_version.versions(lakefs_store)
    assert versions == ["v0001", "v0002"]
    assert [release.version for release in registry.history(lakefs_store)] == ["v0002", "v0001"]
    assert "decision.json" in artifacts.names(lakefs_store, "v0002")
    home = Home.open(tmp_path / "home")
    assert home.store.resolve("main") == lakefs_store.tags()["v0002"]
    [newest, *_] = lakefs_store.log("main")
    assert newest.metadata.items() >= {"version": "v0002", "parent": "v0001"}.items()
    with opened(home) as loop:
        made = loop.instance.get_latest_materialization_event(dg.AssetKey("labeled_dataset"))
    assert made.asset_materialization.metadata["commit"] == showing.commit(home, newest.id)
    assert newest.metadata[story.RUN_PAGE] == settings.automation.run_page(made.run_id)
