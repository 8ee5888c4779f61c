"""A repository that has a home already: another does not begin in it, and one that is lost is gone on with."""

import shutil
from datetime import UTC, datetime

import pytest

from autoretrain_assets.commands import checks, homes, recovery
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError, StoreError
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.store import artifacts, claims
from autoretrain_tests.contract.writing import put
from autoretrain_tests.homes import SHA256, commit_version, decide, label, laid_out
from autoretrain_tests.loop.living import untrained
from autoretrain_tests.tables import annotation

pytestmark = pytest.mark.slow


@pytest.fixture
def named(lakefs_store) -> list[str]:
    """The settings that name the repository."""
    told = lakefs_store.settings.model_dump(include={"url", "repository", "storage_namespace"})
    return ["store.backend=lakefs", *(f"store.lakefs.{name}={value}" for name, value in told.items())]


@pytest.fixture
def make(named, tmp_path):
    weights = untrained(tmp_path / "best.pt", imgsz=128)

    def made(name: str, *more: str) -> Home:
        list(homes.make_home(tmp_path / name, weights, None, [*named, *more]))
        return Home.open(tmp_path / name)

    return made


def findings(home: Home) -> dict[str, str]:
    return {each.name: each.line for each in checks.check(home.root, datetime.now(UTC))}


def test_a_new_home_does_not_begin_where_another_is_and_is_told_of_both_ways_out(make, tmp_path):
    home = make("first")
    before = registry.history(home.store)
    with pytest.raises(InputError, match=r"first \(since .*store\.lakefs\.repository=.*store recover"):
        make("second")
    assert not (tmp_path / "second" / "autoretrain.yaml").exists()
    assert registry.history(home.store) == before


def test_a_new_home_does_not_begin_among_commits_of_others(make, lakefs_store):
    put(lakefs_store, {"their/data.yaml": b"names: [car]"})
    with pytest.raises(InputError, match=r"that no home says it made.*store\.lakefs\.repository="):
        make("first")
    assert lakefs_store.list("main") == ["their/data.yaml"]


def test_what_was_begun_elsewhere_and_wrote_nothing_is_in_nobodys_way(make, lakefs_store, tmp_path):
    claims.take(lakefs_store, tmp_path / "gone")
    assert registry.current(make("first").store).version == "v0001"


def test_init_goes_on_where_it_broke_off(make, tmp_path, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(homes.founding, "lay_out", killed)
        with pytest.raises(KeyboardInterrupt):
            make("first")
    assert len(registry.history(make("first").store)) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_a_lost_home_is_gone_on_with_and_what_is_left_of_it_writes_no_more(make, named, tmp_path, kept):
    lost = make("lost", "retrain.min_new_labels=7")
    new = tmp_path / "new"
    if kept:
        new.mkdir()
        shutil.copy(lost.root / "autoretrain.yaml", new)
    said = list(recovery.recover(new, [] if kept else named))
    assert any("lost (since" in line and "no more" in line for line in said)
    home = Home.open(new)
    assert (list(home.classes), home.settings.training.imgsz) == (list(lost.classes), 128)
    assert (home.settings.retrain.min_new_labels == 7) is kept
    looked = findings(home)
    assert not [line for line in looked.values() if line.startswith("WRONG")]
    assert (home.production / "model.json").is_file()

    artifacts.put(home.store, "v0001", {"note": b"1"}, "the new home writes")
    with pytest.raises(StoreError, match="two homes never write one"):
        artifacts.put(lost.store, "v0001", {"note": b"2"}, "the lost one does not")
    assert artifacts.read(home.store, "v0001", "note") == b"1"
    assert "new (since" in findings(lost)["store"]
    assert findings(lost)["store"].startswith("WRONG")


def test_a_record_that_is_older_than_what_it_should_say_takes_no_store_from_a_home(lakefs_store, named, tmp_path):
    old = laid_out(tmp_path / "old", *named)
    label(old, annotation("a" * 64))
    commit_version(old, "v0001", tmp_path)
    decide(old, "v0002", "promote", None)
    registry.promote(old.store, "v0002", SHA256, because="it is better", by="you")
    with pytest.raises(InputError, match=r"v0002.*--set dataset\.classes"):
        list(recovery.recover(tmp_path / "new", named))
    assert not (tmp_path / "new").exists()
    artifacts.put(old.store, "v0002", {"note": b"1"}, "it writes as before")

    decide(old, "v0001", "promote", None)
    registry.promote(old.store, "v0001", SHA256, because="it is known of what it was made", by="you")
    list(recovery.recover(tmp_path / "new", named))
    assert list(Home.open(tmp_path / "new").classes) == list(old.classes)


def test_going_on_twice_changes_nothing(make, named, tmp_path):
    make("lost")
    list(recovery.recover(tmp_path / "new", named))
    said = list(recovery.recover(tmp_path / "new", [])) + list(recovery.recover(tmp_path / "new", named))
    assert not [line for line in said if "no more" in line]
    assert len(Home.open(tmp_path / "new").store.log(claims.BRANCH)) == 2


def test_settings_alone_in_a_second_folder_do_not_write(make, tmp_path):
    home = make("first")
    (tmp_path / "copy").mkdir()
    shutil.copy(home.root / "autoretrain.yaml", tmp_path / "copy")
    with pytest.raises(StoreError, match="two homes never write one"):
        registry.promote(Home.open(tmp_path / "copy").store, "v0002", "0" * 64, because="why", by="me")
    assert dataset_version.versions(home.store) == []


def test_there_must_be_something_to_go_on_with(named, tmp_path, lakefs_store):
    with pytest.raises(InputError, match="does not exist"):
        list(recovery.recover(tmp_path / "new", named))
    lakefs_store.tags()
    with pytest.raises(InputError, match="nothing to go on with"):
        list(recovery.recover(tmp_path / "new", named))
    with pytest.raises(InputError, match=r"store\.backend=lakefs"):
        list(recovery.recover(tmp_path / "new", []))
    (tmp_path / "old").mkdir()
    (tmp_path / "old/autoretrain.yaml").write_text("dataset: {classes: [car]}\n")
    with pytest.raises(InputError, match="leave out --set"):
        list(recovery.recover(tmp_path / "old", named))
    assert not (tmp_path / "new").exists()
