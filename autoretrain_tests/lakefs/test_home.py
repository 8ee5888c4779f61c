"""A home whose versions are in lakeFS."""

from datetime import UTC, datetime

import pytest

from autoretrain_assets.commands import checks
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import StoreError
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts
from autoretrain_tests.homes import NEXT, SHA256, commit_version, label, laid_out
from autoretrain_tests.lakefs.homes import on_lakefs
from autoretrain_tests.tables import annotation

pytestmark = pytest.mark.slow


@pytest.fixture
def home(lakefs_store, tmp_path) -> Home:
    """Laid out on a repository that is not there yet."""
    return laid_out(tmp_path / "home", *on_lakefs(lakefs_store.settings))


def store_line(home: Home) -> str:
    return next(each.line for each in checks.check(home.root, datetime.now(UTC)) if each.name == "store")


def test_a_home_keeps_its_versions_and_releases_there(home, lakefs_store):
    artifacts.put(home.store, "v0001", {"weights.pt": b"bytes"}, "Checkpoint v0001")
    registry.promote(home.store, "v0001", SHA256, because="it is better", by="you")
    registry.promote(home.store, "v0002", SHA256, because="it is better still", by="you")
    assert not (home.root / "store.git").exists()
    assert artifacts.names(lakefs_store, "v0001") == ["weights.pt"]
    assert [release.version for release in registry.history(lakefs_store)] == ["v0002", "v0001"]


def test_its_dataset_versions_are_tags_and_the_second_keeps_the_images_of_the_first(home, lakefs_store, tmp_path):
    label(home, *(annotation(letter * 64) for letter in "ab"))
    commit_version(home, "v0001", tmp_path)
    label(home, *(annotation(letter * 64) for letter in "cd"), day=NEXT)
    commit_version(home, "v0002", tmp_path)
    assert dataset_version.versions(lakefs_store) == ["v0001", "v0002"]
    assert dataset_version.read_manifest(lakefs_store, "v0002").height == 4
    assert dataset_version.read(lakefs_store, "v0002").parent == "v0001"
    images = [change for change in lakefs_store.diff("v0001", "v0002") if change.path.startswith("images/")]
    assert [change.kind for change in images] == ["added", "added"]
    assert len(lakefs_store.log("main")) == 2


def test_check_says_where_they_are(home):
    line = store_line(home)
    assert line.startswith("ok")
    assert home.settings.store.lakefs.url in line
    assert home.settings.store.lakefs.repository in line


def test_check_says_when_the_repository_is_gone(home, monkeypatch):
    path = home.root / "autoretrain.yaml"
    path.write_text(path.read_text().replace(home.settings.store.lakefs.repository, "another-one"))
    assert "is gone" in store_line(home)
    with pytest.raises(StoreError, match="is gone"):
        Home.open(home.root).store.tags()


def test_check_takes_no_store_for_lost_while_the_settings_cannot_be_read(home):
    (home.root / "autoretrain.yaml").write_text("store:\n\tbackend: lakefs\n")
    assert store_line(home) == "WRONG  store: not looked at: mend the settings first"


def test_check_doubts_a_server_that_anybody_may_play(home):
    path = home.root / "autoretrain.yaml"
    before, store, after = path.read_text().rpartition("\nstore:")
    path.write_text(before + store + after.replace("verify_tls: true", "verify_tls: false"))
    assert store_line(home).startswith("doubt")


def test_check_says_when_there_are_no_credentials(home, monkeypatch):
    monkeypatch.delenv("LAKEFS_ACCESS_KEY_ID")
    assert "LAKEFS_ACCESS_KEY_ID" in store_line(home)
