"""What a commit tells beside its files: the data it is of, and the run that made it."""

import pytest

from autoretrain_assets import checkpoints, story
from autoretrain_assets.assets import showing
from autoretrain_assets.commands.releases import abandon
from autoretrain_assets.config.store import Store
from autoretrain_assets.dataset import version as versions
from autoretrain_assets.home import Home
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.store import artifacts
from autoretrain_tests.homes import DAY, NEXT, SHA256, WEIGHTS, commit_version, decide, label, laid_out
from autoretrain_tests.tables import annotation


@pytest.fixture
def home(tmp_path):
    """A home with two versions, as a run has it open."""
    home = laid_out(tmp_path / "home", "automation.dagster_url=http://dagster.example.org/")
    for version, name, day in (("v0001", "a", DAY), ("v0002", "b", NEXT)):
        label(home, annotation(name), day=day)
        commit_version(home, version, tmp_path)
    return Home.open(home.root, run_id="abc")


def test_a_commit_about_a_version_tells_of_its_data_and_of_the_run(home):
    assert story.of(home, "v0002") == {
        "manifest_hash": versions.read(home.store, "v0002").manifest_hash,
        "parent": "v0001",
        "dagster_run_id": "abc",
        "::lakefs::Dagster::url[url:ui]": "http://dagster.example.org/runs/abc",
    }


def test_what_is_not_there_is_not_told(home):
    outside = Home.open(home.root)
    assert story.of(outside, "v0001").keys() == {"manifest_hash"}
    assert story.of(outside, "v0009") == {}


def test_a_version_tells_what_it_is_and_what_it_grew_from(home):
    told = {commit.metadata["version"]: commit.metadata for commit in home.store.log("main")}
    assert told["v0002"] == {"version": "v0002"} | story.of(Home.open(home.root), "v0002")
    assert "parent" not in told["v0001"]


def test_a_checkpoint_a_decision_and_a_release_tell_it(home, tmp_path):
    (tmp_path / "weights.pt").write_bytes(WEIGHTS)
    checkpoints.put(home, "v0002", tmp_path / "weights.pt", {"weights_sha256": SHA256}, "Checkpoint")
    decisions.write(home.store, "v0002", {"outcome": "promote"}, story.of(home, "v0002"))
    registry.promote(home.store, "v0002", SHA256, "it is better", "gate", story=story.of(home, "v0002"))
    commits = [*home.store.log(artifacts.BRANCH), *home.store.log(registry.BRANCH)]
    assert len(commits) == 3
    for commit in commits:
        assert commit.metadata.items() >= {"version": "v0002", **story.of(home, "v0002")}.items()
    assert registry.current(home.store).because == "it is better"


def test_a_version_that_is_given_up_by_a_command_tells_of_no_run(home):
    abandon(home.root, "v0002", because="too dark", by="owner")
    [commit] = home.store.log(artifacts.BRANCH)
    assert commit.metadata == {"version": "v0002"} | story.of(Home.open(home.root), "v0002")


def test_a_story_does_not_replace_what_the_release_says(home):
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "it is better", "gate", story={"version": "v0007", "by": "nobody"})
    assert (registry.current(home.store).version, registry.current(home.store).by) == ("v0001", "gate")


@pytest.mark.parametrize("public", [None, "https://versions.example.org/"])
def test_a_commit_in_lakefs_has_a_page_and_one_in_git_has_none(home, tmp_path, public):
    lakefs = {"url": "http://lakefs:8001/", "public_url": public, "repository": "street"}
    settings = Store.model_validate({"backend": "lakefs", "lakefs": lakefs})
    on_lakefs = Home(tmp_path, home.settings.model_copy(update={"store": settings}))
    page = f"{(public or 'http://lakefs:8001/')}repositories/street/commits/0123"
    assert (on_lakefs.store_page("0123"), home.store_page("0123")) == (page, None)
    assert showing.commit(on_lakefs, "0123").value == f"[0123…]({page})"
    assert showing.commit(home, "0123").value == "0123"
