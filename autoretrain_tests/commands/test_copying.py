"""`autoretrain store copy` on homes: what was made is there, the home goes on there, and never with the older store.

The other store is a second git repository, so that no server is needed; on a real one: lakefs/test_moving.py.
"""

import shutil
from codecs import BOM_UTF8
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoretrain_assets import files
from autoretrain_assets.commands import checks, copying
from autoretrain_assets.commands.copying import copy_store
from autoretrain_assets.commands.releases import release, roll_back
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import Conflict, InputError, IntegrityError, SettingsError, StoreError
from autoretrain_assets.home import Home
from autoretrain_assets.locks import held
from autoretrain_assets.release import registry
from autoretrain_assets.resources import by_hand, turns
from autoretrain_assets.store import artifacts, claims, places
from autoretrain_assets.store.git import GitStore
from autoretrain_tests.homes import NEXT, SHA256, commit_version, decide, label, laid_out
from autoretrain_tests.tables import annotation

SERVER = "store.lakefs.url=http://127.0.0.1:1"


@pytest.fixture
def server(monkeypatch, tmp_path) -> GitStore:
    """What stands for the server's repository."""
    store, opened = GitStore(tmp_path / "server.git"), places.opened
    monkeypatch.setattr(
        places, "opened", lambda root, told, **may: store if told.backend == "lakefs" else opened(root, told, **may)
    )
    return store


@pytest.fixture
def home(tmp_path) -> Home:
    """With a version that was made, decided on and released, after another release."""
    home = laid_out(tmp_path / "home")
    grow(home, "v0001", "ab", tmp_path)
    return home


def grow(home: Home, version: str, letters: str, tmp_path: Path, **when) -> None:
    label(home, *(annotation(letter * 64) for letter in letters), **when)
    commit_version(home, version, tmp_path)
    decide(home, version, "promote", None)
    registry.promote(home.store, version, SHA256, because=f"{version} is better", by="gate")


def copy(home: Home, to: str = "lakefs", *given: str, switch: bool = True, progress=lambda _: None) -> list[str]:
    given = given or ((SERVER,) if to == "lakefs" else ())
    return list(copy_store(home.root, to, given, switch=switch, progress=progress))


def backend(home: Home) -> str:
    return Home.open(home.root).settings.store.backend


def test_what_was_made_is_there_and_the_home_goes_on_there(home, server, tmp_path):
    before = registry.history(home.store)
    told = copy(home)
    assert "proven: 1 dataset version by their manifests' hashes, 1 checkpoint by their sha256" in told
    assert "the same: 1 dataset version, 1 release" in told
    assert f"rm -r {home.root / 'store.git'}" in told[-1]
    moved = Home.open(home.root)
    assert moved.store is server
    assert [(one.version, one.at, one.because) for one in registry.history(server)] == [
        (one.version, one.at, one.because) for one in before
    ]
    grow(moved, "v0002", "cd", tmp_path, day=NEXT)
    assert dataset_version.read(server, "v0002").parent == "v0001"
    roll_back(home.root, None, "it misses buses", "you")
    assert registry.current(server).version == "v0001"
    release(home.root, "v0002", "it does not", "you")
    assert [one.version for one in registry.history(server)] == ["v0002", "v0001", "v0002", "v0001"]
    assert len(registry.history(GitStore(home.root / "store.git"))) == 1


def test_it_comes_back_with_what_was_made_meanwhile(home, server, tmp_path):
    copy(home)
    grow(Home.open(home.root), "v0002", "cd", tmp_path, day=NEXT)
    copy(home, "git")
    back = Home.open(home.root)
    assert back.settings.store.backend == "git"
    assert dataset_version.versions(back.store) == ["v0001", "v0002"]
    assert [one.version for one in registry.history(back.store)] == ["v0002", "v0001"]
    grow(back, "v0003", "ef", tmp_path, day=NEXT)
    copy(home)
    assert dataset_version.versions(server) == ["v0001", "v0002", "v0003"]


def test_all_that_an_owner_wrote_into_the_settings_stays(home, server):
    path = home.root / "autoretrain.yaml"
    path.write_text(before := path.read_text().replace("store:\n", "store:  # mine\n"))
    copy(home)
    changed = [line for line in path.read_text().splitlines() if line not in before.splitlines()]
    assert changed == ['  backend: "lakefs"', '    url: "http://127.0.0.1:1"']


def test_settings_that_name_the_store_that_was_left_are_refused_with_the_way_out(home, server):
    copy(home)
    path = home.root / "autoretrain.yaml"
    path.write_text(path.read_text().replace('backend: "lakefs"', 'backend: "git"'))
    with pytest.raises(StoreError, match=r"versions of this home are in lakefs.*store copy --to git"):
        Home.open(home.root).store.tags()
    copy(home, "git")
    assert dataset_version.versions(Home.open(home.root).store) == ["v0001"]


def test_a_home_that_never_moved_does_not_begin_anew_on_a_server(home, server):
    path = home.root / "autoretrain.yaml"
    before, store, after = path.read_text().rpartition("\nstore:")
    path.write_text(before + store + after.replace('"git"', '"lakefs"').replace("url: null", "url: http://a"))
    (home.root / places.KEPT).unlink()  # as a home of before
    with pytest.raises(StoreError, match=r"are in git.*store copy --to lakefs"):
        Home.open(home.root).store.tags()


def test_check_does_not_look_into_the_store_that_was_left(home, server):
    copy(home)
    (home.root / "autoretrain.yaml").write_text("store:\n\tbackend: lakefs\n")
    [line] = [each.line for each in checks.check(home.root, datetime.now(UTC)) if each.name == "store"]
    assert line == "WRONG  store: not looked at: mend the settings first"


def test_a_damaged_word_on_where_the_versions_are_is_told(home):
    (home.root / places.KEPT).write_text('{"backend": "svn"}')
    with pytest.raises(IntegrityError, match="whichever has the newer versions"):
        Home.open(home.root).store.tags()


def test_the_home_stays_where_it_is_while_only_copied(home, server):
    told = copy(home, switch=False)
    assert "nothing is switched" in told[-1]
    assert backend(home) == "git"
    assert dataset_version.versions(server) == ["v0001"]


def test_a_copy_into_a_home_that_never_said_where_its_versions_are_is_not_taken_for_them(home, server):
    copy(home)
    shutil.rmtree(home.root / "store.git")
    (home.root / places.KEPT).unlink()
    copy(home, "git", switch=False)
    assert Home.open(home.root).store is server


def test_what_comes_meanwhile_is_brought_too(home, server):
    def moving(one) -> None:
        if len(registry.history(home.store)) == 1:
            registry.promote(home.store, "v0000", SHA256, because="meanwhile", by="you")

    copy(home, progress=moving)
    assert registry.current(server).because == "meanwhile"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_home_does_not_go_over_while_a_run_or_an_owner_is_at_work(home, server, number):
    lock = (*turns(home.root), by_hand(home.root))[number]
    with held(lock), pytest.raises(InputError, match=r"all that was there is copied.*same command again"):
        copy(home)
    assert backend(home) == "git"
    assert dataset_version.versions(server) == ["v0001"]
    copy(home)
    assert backend(home) == "lakefs"


class Killed(BaseException):
    """The process is gone."""


def kill(monkeypatch, place: object, name: str, after: bool) -> None:
    """Whoever calls that function dies before it does anything, or after."""
    function = getattr(place, name)

    def dying(*arguments, **more) -> None:
        if after:
            function(*arguments, **more)
        raise Killed

    monkeypatch.setattr(place, name, dying)


def killed(home, monkeypatch, place: object, name: str, after: bool) -> None:
    with monkeypatch.context() as patched:
        kill(patched, place, name, after)
        with pytest.raises(Killed):
            copy(home)


BEFORE = [
    (copying.copied, "verify", False),
    (copying.copied, "verify", True),
    (copying.copied, "verify_same", False),
    (copying.copied, "verify_same", True),
    (copying, "write_text", False),
]


@pytest.mark.parametrize(("place", "name", "after"), BEFORE)
def test_killed_before_it_goes_over_the_loop_goes_on_and_the_same_command_ends_it(
    home, server, monkeypatch, place, name, after
):
    killed(home, monkeypatch, place, name, after)
    registry.promote(Home.open(home.root).store, "v0009", SHA256, because="the loop went on", by="gate")
    copy(home)
    assert backend(home) == "lakefs"
    assert [one.version for one in registry.history(server)] == ["v0009", "v0001"]


@pytest.mark.parametrize("given", [(SERVER,), ()])
@pytest.mark.parametrize(("place", "name", "after"), [(places, "keep", False), (copying, "write_text", True)])
def test_killed_between_the_two_nothing_goes_into_either_and_the_command_that_is_told_ends_it(
    home, server, monkeypatch, place, name, after, given
):
    killed(home, monkeypatch, place, name, after)
    with pytest.raises(StoreError, match=r"are in git.*store copy --to lakefs"):
        Home.open(home.root).store.tags()
    list(copy_store(home.root, "lakefs", given, switch=True, progress=lambda _: None))
    assert backend(home) == "lakefs"
    assert Home.open(home.root).store.resolve("main") == server.resolve("main")


def test_a_home_that_went_over_is_not_sent_to_another_server_by_settings_that_are_wrong(home, server):
    copy(home)
    path = home.root / "autoretrain.yaml"
    path.write_text(before := path.read_text().replace('backend: "lakefs"', 'backend: "git"'))
    with pytest.raises(InputError, match=r"in lakefs already.*write store\.backend: lakefs"):
        copy(home, "lakefs", "store.lakefs.url=http://127.0.0.1:2")
    assert path.read_text() == before


def test_settings_that_cannot_be_changed_are_told_before_anything_is_copied(home, server):
    path = home.root / "autoretrain.yaml"
    path.write_text("{dataset: {classes: [car, bus, person]}}\n")
    with pytest.raises(SettingsError, match="by hand"):
        copy(home)
    assert server.branches() == {}
    copy(home, switch=False)
    assert dataset_version.versions(server) == ["v0001"]


def test_settings_that_are_a_link_to_where_code_is_kept_are_changed_there_and_keep_their_mark(home, server, tmp_path):
    path, kept = home.root / "autoretrain.yaml", tmp_path / "kept.yaml"
    kept.write_bytes(BOM_UTF8 + path.read_bytes())
    path.unlink()
    path.symlink_to(kept)
    copy(home)
    assert path.is_symlink()
    assert kept.read_bytes().startswith(BOM_UTF8)
    assert backend(home) == "lakefs"


def test_a_server_that_holds_other_versions_is_refused(home, server):
    server.commit("main", {"a": b"1"}, message="theirs")
    with pytest.raises(Conflict, match="theirs"):
        copy(home)
    assert backend(home) == "git"


def test_a_version_that_only_the_other_store_has_is_told(home, server):
    server.tag("v0002", server.commit("theirs", {"a": b"1"}, message="m").id)
    with pytest.raises(Conflict, match=r"versions of its own \(v0002\)"):
        copy(home)
    assert server.resolve("main") is None
    assert backend(home) == "git"


def test_a_server_that_another_home_writes_is_refused_though_nothing_is_to_be_copied(home, server, tmp_path):
    copy(home)
    copy(home, "git")
    claims.take(server, tmp_path / "other", claims.claim(server))
    with pytest.raises(StoreError, match="two homes never write one"):
        copy(home)
    assert backend(home) == "git"


def test_weights_that_are_not_what_their_record_says_stop_it(home, server):
    artifacts.put(home.store, "v0001", {"weights.pt": b"rotten"}, "m")
    with pytest.raises(IntegrityError, match=r"weights\.pt"):
        copy(home)
    assert backend(home) == "git"


def test_a_manifest_that_is_not_what_its_version_says_stops_it(home, server):
    head = home.store.resolve("main")
    info = home.store.read(head, "dataset.json").replace(b'"manifest_hash": "', b'"manifest_hash": "0')
    home.store.tag("v0002", home.store.commit("main", {"dataset.json": info}, message="m", parent=head).id)
    with pytest.raises(IntegrityError, match="manifest of v0002"):
        copy(home)
    assert backend(home) == "git"


def test_what_is_asked_wrongly_is_told(home, server):
    with pytest.raises(InputError, match=r"--set store\.lakefs\.url"):
        list(copy_store(home.root, "lakefs", [], switch=True, progress=lambda _: None))
    with pytest.raises(InputError, match="only settings of store"):
        copy(home, "lakefs", SERVER, "training.epochs=3")
    with pytest.raises(InputError, match="in git already"):
        copy(home, "git")


def test_a_home_without_a_version_moves_too(server, tmp_path):
    home = laid_out(tmp_path / "empty")
    copy(home)
    assert backend(home) == "lakefs"
    assert files.sha256_of(home.root / "autoretrain.yaml")
