"""The loop on a real Dagster instance with real trainings: what it leaves, and that doing it again changes nothing."""

import json
import shutil
import subprocess

import dagster as dg
import polars as pl
import pytest

from autoretrain_assets import due, story
from autoretrain_assets.commands.releases import release, roll_back
from autoretrain_assets.commands.runs import run_due
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.errors import Conflict, InputError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.home import Home
from autoretrain_assets.loop import opened
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts
from autoretrain_assets.triggers import Verdict
from autoretrain_tests.dataset.apart import assert_apart

pytestmark = pytest.mark.slow


def copy_of(played, tmp_path):
    """The home elsewhere, to be changed."""
    shutil.copytree(played.home.root, tmp_path / "home", symlinks=True)
    return Home.open(tmp_path / "home")


def state(home):
    """All that must not change when a step is done again: tables, tags, the release history, tasks."""
    tables = {str(path.relative_to(home.root)): path.read_bytes() for path in (home.root / "tables").rglob("*.parquet")}
    tasks = sorted(path.name for path in (home.root / "tasks").iterdir())
    return tables, home.store.tags(), [one.commit for one in registry.history(home.store)], tasks


def test_one_is_promoted_and_one_is_held(played):
    night, rain = played.outcome.rounds

    assert (night.version, night.decision, night.parent) == ("v0002", "promote", "v0001")
    assert (rain.version, rain.decision, rain.parent) == ("v0003", "hold", "v0002")
    assert "too little evidence" in rain.reasons[0]
    assert played.outcome.production_version == "v0002"


def test_the_json_has_the_documented_shape(played):
    content = json.loads(json.dumps(played.outcome.as_json()))

    assert set(content) == {"dataset", "start", "then", "seconds", "first", "rounds", "production"}
    assert set(content["seconds"]) == {"total", "training", "evaluation", "other"}
    assert set(content["first"]) == {"version", "outside"} == set(content["production"])
    assert set(content["rounds"][0]) == {
        "version", "parent", "trigger", "decision", "reasons", "labels_new", "labels_total", "seconds", "outside",
    }  # fmt: skip
    assert set(content["rounds"][0]["outside"]) == {"day", "night", "rain"}
    assert set(content["rounds"][0]["outside"]["day"]) == {"map50", "map"}
    parts = content["seconds"]
    assert parts["total"] == pytest.approx(parts["training"] + parts["evaluation"] + parts["other"], abs=0.1)


def test_serving_reads_the_released_weights(played):
    model = json.loads((played.home.production / "model.json").read_text())

    assert model["version"] == "v0002"
    assert model["weights_sha256"] == sha256_of(played.home.production / "weights.pt")
    assert [one.version for one in registry.history(played.home.store)] == ["v0002", "v0001"]


def test_train_and_test_share_no_scene_and_training_saw_no_test_image(played):
    for version in versions.versions(played.home.store):
        manifest = versions.read_manifest(played.home.store, version)
        assert_apart(manifest, played.home.settings.scenes)
        record = artifacts.read_json(played.home.store, version, "record.json")
        assert record["images"] <= manifest.filter(pl.col("split") == "train").height


def test_the_record_names_all_that_made_the_weights(played):
    record = artifacts.read_json(played.home.store, "v0002", "record.json")
    dataset = versions.read(played.home.store, "v0002")

    assert record["dataset_commit"] == dataset.commit
    assert record["manifest_hash"] == dataset.manifest_hash
    assert record["parent_version"] == "v0001"
    assert (
        record["recipe"]["weights_sha256"]
        == artifacts.read_json(played.home.store, "v0001", "record.json")["weights_sha256"]
    )
    assert {"ultralytics", "torch", "python"} <= set(record["versions"])
    assert str(played.home.root) not in json.dumps(record)


def test_every_commit_tells_what_it_is_of_and_what_the_loop_made_tells_of_its_run(played):
    store, by_a_run = played.home.store, []
    for branch in ("main", "models", "production"):
        for commit in store.log(branch):
            version = versions.read(store, commit.metadata["version"])
            assert commit.metadata["manifest_hash"] == version.manifest_hash
            assert commit.metadata.get("parent") == version.parent
            by_a_run += [commit.message.split()[0]] if story.RUN_ID in commit.metadata else []
    with opened(played.home) as loop:
        known = {run.run_id for run in loop.instance.get_runs()}
    assert {commit.metadata.get(story.RUN_ID) for commit in store.log("main")} <= known | {None}
    assert set(by_a_run) == {"Dataset", "Checkpoint", "Evaluation", "Decision", "Release"}


def test_every_event_was_accepted_and_the_inbox_is_empty(played):
    assert not [path for path in played.home.inbox.rglob("*") if path.is_file()]
    assert not list(played.home.quarantine.rglob("reason.json"))
    assert played.home.raw_feedback.query().select(pl.len()).item() > 0


def test_runs_are_green_and_a_held_model_is_not_materialized(played):
    with opened(played.home) as loop:
        statuses = {run.status for run in loop.instance.get_runs()}
        latest = loop.instance.get_latest_materialization_event(dg.AssetKey("production_model"))

    assert statuses == {dg.DagsterRunStatus.SUCCESS}
    assert latest.asset_materialization.metadata["version"].value == "v0002"


def test_a_home_that_lost_its_images_trains_and_measures_on_those_of_its_versions(played, tmp_path):
    home = copy_of(played, tmp_path)
    shutil.rmtree(home.root / "frames")
    before = next(commit for commit in home.store.log("models") if commit.metadata["version"] == "v0002")
    repository = home.root / "store.git"
    subprocess.run(["git", f"--git-dir={repository}", "update-ref", "refs/heads/models", before.id], check=True)
    assert artifacts.names(home.store, "v0003") == []

    with opened(home) as loop:
        loop.retrain("v0003", Verdict(None, "again"))

    weights = [artifacts.read_json(one.store, "v0003", "record.json")["weights_sha256"] for one in (home, played.home)]
    assert weights[0] == weights[1]
    assert {"decision.json", "evaluation.json"} <= set(artifacts.names(home.store, "v0003"))
    manifest = versions.read_manifest(home.store, "v0003")
    assert home.frames.paths(manifest.filter(split="test")["sha256"])


def test_doing_every_step_again_changes_nothing(played, tmp_path):
    home = copy_of(played, tmp_path)
    before = state(home)

    with opened(home) as loop:
        for day in home.cvat_tasks.days():
            loop.feedback(day)
            loop.labels(day)
        loop.retrain("v0003", Verdict(None, "again"))
        assert due.retraining(home).verdict.trigger is None

    assert state(home) == before


def test_measuring_an_old_version_again_keeps_its_decision(played, tmp_path):
    home = copy_of(played, tmp_path)

    with opened(home) as loop:
        loop.retrain("v0001", Verdict(None, "again"))

    again = artifacts.read_json(home.store, "v0001", "decision.json")
    assert (again["champion"], again["outcome"]) == (None, "promote")
    assert registry.current(home.store).version == "v0002"


def test_a_rollback_is_not_undone_by_running_the_release_again(played, tmp_path):
    home = copy_of(played, tmp_path)
    roll_back(home.root, None, because="the night model blinks", by="owner")

    with opened(home) as loop:
        loop.retrain("v0002", Verdict(None, "again"))

    assert registry.current(home.store).version == "v0001"
    assert json.loads((home.production / "model.json").read_text())["version"] == "v0001"


def test_an_owner_may_release_what_was_held(played, tmp_path):
    home = copy_of(played, tmp_path)

    assert "v0003 is in production" in release(home.root, "v0003", because="we have rain every day", by="owner")
    assert registry.current(home.store).because == "we have rain every day"
    with pytest.raises(InputError, match="no checkpoint v0009"):
        release(home.root, "v0009", because="x", by="owner")


def test_a_decision_against_a_champion_that_was_replaced_is_not_carried_out(played, tmp_path):
    home = copy_of(played, tmp_path)
    decision = artifacts.read_json(home.store, "v0003", "decision.json") | {"outcome": "promote"}
    artifacts.put(home.store, "v0003", {"decision.json": json.dumps(decision).encode()}, "as if it had passed")
    roll_back(home.root, None, because="first", by="owner")

    with opened(home) as loop, pytest.raises(Conflict, match="measure it against"):
        loop.definitions.resolve_job_def("retrain").execute_in_process(
            instance=loop.instance, partition_key="v0003", asset_selection=[dg.AssetKey("production_model")]
        )


def test_a_pass_with_nothing_due_says_so(played):
    assert list(run_due(played.home.root)) == ["no retraining: 0 new labelled images: 5 are needed"]
