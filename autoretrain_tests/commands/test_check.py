"""Whatever is broken in a home, `check` ends with a line for each thing, and says what is wrong."""

import os
import shutil
import sys
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import yaml

from autoretrain_assets import checkpoints
from autoretrain_assets.commands import checks
from autoretrain_assets.commands.checks import places
from autoretrain_assets.loop import opened
from autoretrain_assets.release import registry
from autoretrain_tests.homes import DAY, SHA256, answer, decide, label, laid_out, send, take_in, tasks
from autoretrain_tests.tables import annotation, box

NAMES = [
    "settings",
    "permissions",
    "inbox",
    "disk",
    "clock",
    "tables",
    "store",
    "daemon",
    "weights",
    "device",
    "labelling",
    "labels",
]


@pytest.fixture
def home(tmp_path):
    """A home with a task and a model in production that is only bytes."""
    home = laid_out(tmp_path / "home")
    send(home, "a")
    take_in(home, DAY)
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "x", "gate")
    checkpoints.publish(home)
    return home


@pytest.fixture(autouse=True)
def _no_model(monkeypatch):
    """Its bytes load as a model of the home's classes."""
    monkeypatch.setattr("autoretrain_assets.yolo.weights.load", lambda *_: None)
    monkeypatch.setattr("autoretrain_assets.yolo.weights.class_names", lambda _: ["car", "bus", "person"])


def wrong(root):
    """Name and text of what is wrong; every thing was looked at or said so."""
    findings = checks.check(root, datetime.now(UTC))
    assert [one.name for one in findings] == NAMES
    return {one.name: one.text for one in findings if not one.ok}


def test_a_home_that_is_as_it_should_be(home):
    assert wrong(home.root) == {}


def test_settings_with_a_tab_hide_only_what_needs_them(home):
    (home.root / "autoretrain.yaml").write_text("dataset:\n\tclasses: [car]\n")
    found = wrong(home.root)
    assert "autoretrain.yaml, line 2: not YAML" in found["settings"]
    unseen = ("weights", "device", "labelling", "labels")
    assert {found[name] for name in unseen} == {"not looked at: mend the settings first"}
    assert len(found) == 5


def test_no_home_at_all(tmp_path):
    [only] = checks.check(tmp_path / "nowhere", datetime.now(UTC))
    assert (only.ok, only.name) == (False, "settings")
    assert "autoretrain init" in only.text


def test_a_store_that_is_gone_is_not_made_anew(home):
    shutil.rmtree(home.root / "store.git")
    found = wrong(home.root)
    assert "restore it from a backup" in found["store"]
    assert not (home.root / "store.git").exists()


def test_a_store_that_lost_its_objects(home):
    shutil.rmtree(home.root / "store.git" / "objects")
    assert {"store", "weights"} <= wrong(home.root).keys()


def test_an_inbox_that_vanished(home):
    shutil.rmtree(home.inbox)
    assert "make the folder again, or mount it" in wrong(home.root)["inbox"]


def test_production_that_points_nowhere(home):
    shutil.rmtree(home.root / "production-releases")
    assert (
        "does not show v0001: `autoretrain promote v0001 --because damaged` puts it there anew"
        in wrong(home.root)["weights"]
    )


def test_weights_that_are_others_than_released(home):
    (home.production / "weights.pt").write_bytes(b"others")
    assert "it changed since: `autoretrain promote v0001 --because damaged`" in wrong(home.root)["weights"]


def test_weights_of_other_classes(home, monkeypatch):
    monkeypatch.setattr("autoretrain_assets.yolo.weights.class_names", lambda _: ["car"])
    assert "knows the classes ['car'], dataset.classes has" in wrong(home.root)["weights"]


def test_a_task_whose_folder_is_gone(home):
    shutil.rmtree(home.root / "tasks")
    assert "is gone" in wrong(home.root)["labelling"]


def test_a_finished_task_is_counted(home):
    [(key, _, images)] = tasks(home)
    answer(home, key, images)
    texts = {one.name: one.text for one in checks.check(home.root, datetime.now(UTC))}
    assert texts["labelling"] == "1 open task, 1 of them finished"


def test_labels_that_are_held_back_are_a_doubt_and_nothing_wrong(home):
    label(home, annotation("a", boxes=[box("cow")]), annotation("b") | {"quality": 0.75})
    found = {one.name: one for one in checks.check(home.root, datetime.now(UTC))}
    assert (found["labels"].ok, found["labels"].doubtful) == (True, True)
    assert "proposed class cow: 1 box on 1 image that wait" in found["labels"].text
    assert "blocked day 2026-03-02: 2 images left out" in found["labels"].text
    label(home, annotation("a"))
    found = {one.name: one for one in checks.check(home.root, datetime.now(UTC))}
    assert (found["labels"].doubtful, found["labels"].text) == (False, "1 image, none held back")


def test_a_device_that_is_not_there(home):
    file = home.root / "autoretrain.yaml"
    file.write_text(file.read_text().replace('device: "auto"', 'device: "77"'))
    assert "training.device: 77 is not on this machine" in wrong(home.root)["device"]


def test_a_file_from_the_future(home):
    late = time.time() + 3600
    os.utime(home.raw_feedback.path(DAY), (late, late))
    assert "set this machine's clock" in wrong(home.root)["clock"]


def test_each_damaged_day_with_what_makes_it_anew(home):
    for table in (home.raw_feedback, home.mined_samples):
        table.path(DAY).write_bytes(b"")
    found = wrong(home.root)
    assert found.keys() == {"tables"}
    assert f"{home.raw_feedback.path(DAY)} is no whole table" in found["tables"]
    assert f"`autoretrain backfill --from {DAY} --to {DAY}` makes it anew" in found["tables"]


def test_a_disk_that_is_nearly_full(home):
    file = home.root / "autoretrain.yaml"
    file.write_text(file.read_text().replace("min_free_gb: 2.0", "min_free_gb: 1000000000"))
    assert "automation.min_free_gb asks for" in wrong(home.root)["disk"]


def test_a_daemon_that_fell_silent(home):
    from dagster._daemon.types import DaemonHeartbeat

    with opened(home) as loop:
        loop.instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - 3600, "SENSOR", "id", []))
    assert "the daemon is silent since" in wrong(home.root)["daemon"]
    with opened(home) as loop:
        loop.instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - 10, "SENSOR", "id", []))
    assert "daemon" not in wrong(home.root)


def test_a_home_that_can_only_be_read(home, monkeypatch):
    monkeypatch.setattr(places, "tempfile", SimpleNamespace(TemporaryFile=_refuse))
    assert {"permissions", "inbox"} == wrong(home.root).keys()


def test_what_nobody_thought_of_is_a_line_too(home, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", _refuse)
    assert wrong(home.root)["disk"].startswith("PermissionError: ")


def _refuse(*_, **__):
    raise PermissionError(13, "Permission denied")


def test_each_remote_inbox_has_a_line(home, tmp_path):
    (tmp_path / "far").mkdir()
    there, gone = f"file://{tmp_path}/far", f"file://{tmp_path}/gone"
    file = home.root / "autoretrain.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["feedback"] |= {"inboxes": [there, gone], "allowed_inboxes": [there, gone]}
    file.write_text(yaml.safe_dump(settings))
    found = {one.name: one for one in checks.check(home.root, datetime.now(UTC))[len(NAMES) :]}
    assert list(found) == [f"inbox {there}", f"inbox {gone}"]
    assert (found[f"inbox {there}"].ok, found[f"inbox {there}"].text) == (True, "it answers")
    assert not found[f"inbox {gone}"].ok
    assert "does not exist: make it, or mend feedback.inboxes" in found[f"inbox {gone}"].text


def test_without_a_remote_inbox_its_library_is_not_asked_for(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "autoretrain_assets.feedback.remote.storage", None)
    assert wrong(home.root) == {}


def doubts(root):
    """The texts of what works and is hardly meant so; nothing is wrong."""
    assert wrong(root) == {}
    return [one.text for one in checks.check(root, datetime.now(UTC)) if one.doubtful]


def test_a_model_that_is_used_at_another_size_than_it_learnt_at_is_a_doubt(home, monkeypatch):
    assert doubts(home.root) == []
    trained = SimpleNamespace(ckpt={"train_args": {"imgsz": 320}})
    monkeypatch.setattr("autoretrain_assets.yolo.weights.load", lambda *_: trained)
    [text] = doubts(home.root)
    assert "v0001 was trained at 320 pixels and training.imgsz is 640" in text

    file = home.root / "autoretrain.yaml"
    file.write_text(file.read_text().replace("imgsz: 640", "imgsz: 320"))
    [text] = doubts(home.root)
    assert "v0001 was trained at 320 pixels and its checkpoint is served at 640" in text
