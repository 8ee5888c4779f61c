"""Trust in what is stored: every damage is told with its versions, its file and its way out, and nothing else is."""

import json
from datetime import UTC, datetime

import pytest

from autoretrain_assets import checkpoints, due
from autoretrain_assets.commands import verification
from autoretrain_assets.commands.releases import release
from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.home import Home
from autoretrain_assets.release import registry
from autoretrain_assets.store.base import VersionStore
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.contract import damaging
from autoretrain_tests.homes import SHA256, commit_images, decide, laid_out
from autoretrain_tests.lakefs.homes import on_lakefs

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(params=["git", pytest.param("lakefs", marks=pytest.mark.slow)])
def home(request, tmp_path) -> Home:
    """Three images in v0001, one more in v0002, whose model is in production."""
    told = on_lakefs(request.getfixturevalue("lakefs_store").settings) if request.param == "lakefs" else []
    home = laid_out(tmp_path / "home", *told)
    commit_images(home, "v0001", "a", "b", "c")
    commit_images(home, "v0002", "d")
    decide(home, "v0002", "promote", None)
    registry.promote(home.store, "v0002", SHA256, because="it is better", by="you")
    return home


def verify(home: Home, *versions: str) -> verification.Verified:
    return verification.verify(home.root, versions, NOW, lambda *_: None)


def image(home: Home, version: str = "v0001") -> str:
    return next(path for path in home.store.list(version) if path.startswith("images/"))


def test_what_is_whole_is_counted_once_and_said_to_be_so(home: Home):
    found = verify(home)
    assert found.damage == []
    assert (found.versions, found.branches) == (["v0001", "v0002"], ["models", "production"])
    everything = {
        name for ref in ("v0001", "v0002", "models", "production") for name in home.store.objects(ref).values()
    }
    assert found.objects == len(everything)
    [line] = verification.lines(found)
    assert f"{len(everything)} objects" in line
    assert "2 versions and the branches models and production" in line
    assert "2026-03-04 05:06:07 UTC: all are whole" in line


def test_what_two_versions_share_is_read_once(home: Home):
    seen: dict[str, int] = {}
    verification.verify(home.root, [], NOW, lambda ref, _, of: seen.update({ref: of}))
    assert len(home.store.objects("v0002")) > 10
    assert seen["v0002"] < seen["v0001"]


@pytest.mark.parametrize("harm", [damaging.remove, damaging.flip, damaging.cut_off])
def test_a_damaged_image_names_the_versions_that_need_it_and_where_a_whole_copy_is(home: Home, harm):
    damaging.damage(home.store, path := image(home), harm)
    [damage] = verify(home).damage
    assert (damage.path, damage.needed_by) == (path, ["v0001", "v0002"])
    assert home.store_place in damage.way_out
    assert str(home.frames.path(path[7:71])) in damage.way_out
    [line, last] = verification.lines(verify(home))
    assert line.startswith(f"DAMAGED  {path} of v0001, v0002: ")
    assert last.endswith("1 fault")


def test_each_file_of_the_same_damaged_bytes_is_named_once(home: Home):
    decide(home, "v0001", "hold", "v0002")
    kept = home.store.objects("models")
    same = [path for path in kept if kept[path] == kept["v0001/weights.pt"]]
    damaging.damage(home.store, "v0001/weights.pt", damaging.flip, "models")
    found = [(damage.path, damage.needed_by) for damage in verify(home).damage]
    assert sorted(found) == [(path, ["models"]) for path in sorted(same)]


def test_no_copy_is_named_that_is_damaged_as_well(home: Home):
    path = image(home)
    home.frames.path(path[7:71]).write_bytes(b"other")
    damaging.damage(home.store, path, damaging.flip)
    [damage] = verify(home).damage
    assert "whole copy" not in damage.way_out


def test_damaged_weights_are_found_and_may_be_on_this_disk(home: Home):
    from autoretrain_assets import checkpoints

    checkpoints.fetch(home, "v0002")
    damaging.damage(home.store, "v0002/weights.pt", damaging.remove, branch="models")
    [damage] = verify(home).damage
    assert (damage.path, damage.needed_by) == ("v0002/weights.pt", ["models"])
    assert str(checkpoints.fetched(home, "v0002")) in damage.way_out


def test_of_a_version_whose_manifest_is_damaged_it_is_said_what_was_not_asked(home: Home):
    damaging.damage(home.store, "manifest.parquet", damaging.flip)
    first, second = verify(home).damage
    assert (first.path, second.path) == ("manifest.parquet", "manifest.parquet")
    assert (first.needed_by, second.needed_by) == (["v0002"], ["v0002"])
    assert "were not held against it" in second.found


def test_only_what_is_named_is_read(home: Home):
    damaging.damage(home.store, "manifest.parquet", damaging.flip)
    found = verify(home, "v0001")
    assert (found.damage, found.versions, found.branches) == ([], ["v0001"], [])
    found = verify(home, "v0002")
    assert (len(found.damage), found.versions, found.branches) == (2, ["v0002"], ["models"])
    with pytest.raises(InputError, match="v0009"):
        verify(home, "v0009")


def test_what_others_committed_is_told_though_its_bytes_are_whole(home: Home):
    tip = home.store.resolve("main")
    label = next(path for path in home.store.list("main") if path.startswith("labels/"))
    forged = home.store.commit("main", {label: b"0 0.5 0.5 1 1\n"}, message="by hand", parent=tip)
    home.store.tag("v0003", forged.id)
    found = {(damage.path, *damage.needed_by) for damage in verify(home).damage}
    assert found == {(label, "v0003"), ("dataset.json", "v0003")}


def test_a_checkpoint_or_a_release_that_is_not_what_its_record_says_is_told(home: Home):
    tip = home.store.resolve("models")
    home.store.commit("models", {"v0002/weights.pt": b"others"}, message="by hand", parent=tip)
    registry.promote(home.store, "v0007", SHA256, because="I may", by="you")
    weights, release = verify(home).damage
    assert (weights.path, weights.needed_by) == ("v0002/weights.pt", ["v0002"])
    assert "v0007, which has no checkpoint" in release.found


def test_a_tag_of_a_version_elsewhere_is_told(home: Home):
    elsewhere = home.store.commit("elsewhere", {"a": b"1"}, message="by hand")
    home.store.tag("v0003", elsewhere.id)
    assert {damage.path for damage in verify(home).damage} == {"v0003", "manifest.parquet"}


def test_a_history_of_releases_that_is_gone_is_told_and_no_old_version_is_released_anew(home: Home):
    decide(home, "v0001", "hold", None)
    checkpoints.publish(home)
    forget(home.store, "production")
    [damage] = verify(home).damage
    assert (damage.path, damage.needed_by) == ("production.json", ["production"])
    assert "serves v0002" in damage.found
    with pytest.raises(IntegrityError, match=r"serves v0002.*autoretrain promote v0002"):
        due.retraining(home)
    release(home.root, "v0002", "there is no backup", "you")
    assert verify(home).damage == []
    assert due.retraining(home).version == "v0003"


def test_a_history_of_releases_that_was_moved_back_is_no_rollback_which_the_loop_would_undo(home: Home):
    decide(home, "v0001", "hold", None)
    before, last = (
        registry.current(home.store).commit,
        registry.promote(home.store, "v0001", SHA256, because="v0002 misses buses", by="you"),
    )
    checkpoints.publish(home)
    move(home.store, "production", before)
    [damage] = verify(home).damage
    assert "serves v0001" in damage.found
    for ask in (due.retraining, checkpoints.serve_released):
        with pytest.raises(IntegrityError, match=r"serves v0001.*autoretrain rollback"):
            ask(home)
    move(home.store, "production", last.commit)
    assert verify(home).damage == []
    assert checkpoints.serve_released(home) is None


def test_a_version_whose_tag_is_gone_is_told_and_not_made_a_second_time(home: Home):
    decide(home, "v0001", "hold", None)
    commit = home.store.resolve("v0002")
    forget(home.store, "v0002")
    [damage] = verify(home).damage
    assert (damage.path, damage.needed_by) == ("v0002", ["main"])
    assert commit in damage.found
    with pytest.raises(IntegrityError, match=f"tag v0002 is gone.*{commit}"):
        due.retraining(home)
    home.store.tag("v0002", commit)
    assert verify(home).damage == []
    assert due.retraining(home).version == "v0003"


def test_a_tag_that_an_older_version_lost_is_told_and_one_that_is_still_to_come_is_not(home: Home):
    forget(home.store, "v0001")
    assert [damage.path for damage in verify(home).damage] == ["v0001"]
    commit_images(home, "v0003", "e")
    forget(home.store, "v0003")  # as a kill between the commit and the tag leaves it
    assert [damage.path for damage in verify(home).damage] == ["v0001"]
    assert due.retraining(home).version == "v0003"


def move(store: VersionStore, branch: str, commit: str) -> None:
    """A person has a branch name another commit."""
    forget(store, branch)
    if isinstance(store, GitStore):
        (store.path / "refs/heads" / branch).write_text(f"{commit}\n")
    else:
        store._client.make_branch(branch, commit)


def forget(store: VersionStore, name: str) -> None:
    """A person removes a branch or a tag."""
    if isinstance(store, GitStore):
        [ref] = (store.path / "refs").glob(f"*/{name}")
        ref.unlink()
    elif name in store.branches():
        store._client.remove_branch(name)
    else:
        api = store._client._api.tags_api
        api.delete_tag(store.settings.repository, name)


def test_the_same_is_there_for_scripts(home: Home):
    damaging.damage(home.store, path := image(home), damaging.remove)
    told = json.loads(json.dumps(verification.as_json(verify(home))))
    assert (told["ok"], told["at"], told["versions"]) == (False, NOW.isoformat(), ["v0001", "v0002"])
    assert told["damage"][0]["path"] == path
    assert told["damage"][0]["needed_by"] == ["v0001", "v0002"]


def test_an_empty_store_is_whole(tmp_path):
    found = verify(laid_out(tmp_path / "home"))
    assert (found.objects, found.damage) == (0, [])
    assert next(verification.lines(found)).startswith("0 objects, 0.0 MB, of 0 versions were read")
