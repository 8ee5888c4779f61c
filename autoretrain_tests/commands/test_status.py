"""How a home stands, and the one thing that is most urgent; without Dagster, torch or ultralytics."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from autoretrain_assets import checkpoints
from autoretrain_assets.boxes import Box
from autoretrain_assets.commands import dagster_runs
from autoretrain_assets.commands.status import as_json, status
from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.loop import opened
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.schema import DRIFT
from autoretrain_assets.store import artifacts
from autoretrain_assets.triggers import Verdict
from autoretrain_tests.homes import (
    DAY,
    NEXT,
    SHA256,
    answer,
    commit_version,
    decide,
    label,
    send,
    take_in,
    tasks,
    with_a_task,
)
from autoretrain_tests.tables import annotation, box

HEAVY = """
import sys
from autoretrain_assets.cli import main
sys.argv = ["autoretrain", "status", "--home", sys.argv[1]]
try:
    main()
except SystemExit:
    print([name for name in ("dagster", "torch", "ultralytics", "cv2") if name in sys.modules])
"""
NOW = datetime.now(UTC)
LATER = NEXT + timedelta(days=1)


@pytest.fixture
def home(tmp_path):
    return with_a_task(tmp_path / "home")


def last(home):
    return list(status(home.root, NOW))[-1]


def test_people_are_asked_for_before_what_can_wait(home):
    lines = list(status(home.root, NOW + timedelta(days=3, hours=1)))
    assert lines[0] == "production: no model yet"
    assert lines[1] == "tasks: 1 open, the oldest for 3 days"
    assert "next version: v0001: 0 new labelled images: 100 are needed" in lines
    assert lines[-1] == "to do: finish 1 labelling task: `autoretrain label list`"


def test_what_waits_for_the_loop_is_said_so(home):
    [(key, _, images)] = tasks(home)
    answer(home, key, images)
    assert last(home) == "to do: `autoretrain run`, or the daemon, takes in what waits"
    with opened(home) as loop:
        loop.labels(DAY)
    assert last(home) == "to do: nothing"


def test_tasks_are_told_apart_by_whom_they_wait_for(home):
    send(home, "b", day=NEXT)
    send(home, "c", day=LATER)
    take_in(home, NEXT, LATER)
    [(sent_back, _, images)], [(finished, _, others)] = tasks(home), tasks(home, NEXT)
    home.labeling.write_answers(sent_back, {images[0]: [Box("Car", 1, 1, 20, 20)]})
    home.labeling.finish(sent_back, "ann", NOW)
    with opened(home) as loop:
        loop.labels(DAY)
    answer(home, finished, others)

    lines = list(status(home.root, NOW + timedelta(days=3, hours=1)))
    assert lines[1] == "tasks: 1 open, 1 sent back, the oldest for 3 days; 1 finished, for the next run"
    assert lines[2].startswith(f"sent back: {sent_back}: 1 image, such as: box Car at 1.0, 1.0, 20.0, 20.0 has an")
    assert lines[2].endswith(f"({home.root / 'tasks' / sent_back / 'REJECTED.txt'})")
    content = as_json(home.root, NOW)
    assert (content["open_tasks"], content["finished_tasks"]) == (1, 1)
    assert [one["task"] for one in content["sent_back"]] == [sent_back]
    with opened(home) as loop:
        loop.labels(NEXT)
    assert last(home) == "to do: finish 2 labelling tasks, 1 of them anew: `autoretrain label list`"


def test_what_is_held_back_is_told_with_its_figures_and_comes_before_refused_events(home):
    [(key, _, images)] = tasks(home)
    answer(home, key, images)
    with opened(home) as loop:
        loop.labels(DAY)
    label(home, annotation("a", boxes=[box("cow"), box("cow")]), annotation("b") | {"quality": 0.75})
    later = annotation("b", finished=-1, annotator="bob") | {"task_key": "other"}
    label(home, annotation("c", seconds=86400) | {"quality": 0.9}, later, day=NEXT)

    lines = list(status(home.root, NOW))
    assert "labels: 2026-03-03: 0.9 alike with known answers, on 1 image" in lines
    assert "waiting: 1 image, for a class that the model does not know" in lines
    cow, blocked = (line for line in lines if line.startswith("held back: "))
    assert cow.startswith("held back: proposed class cow: 2 boxes on 1 image that wait")
    assert blocked.startswith("held back: blocked day 2026-03-02: 2 images left out")

    content = json.loads(json.dumps(as_json(home.root, NOW)))
    assert content["proposed_classes"] == [{"class": "cow", "boxes": 2, "images": 1}]
    assert content["images_waiting_for_a_class"] == 1
    assert content["label_quality"]["day"] == "2026-03-03"
    [day] = content["blocked_days"]
    assert day == {"day": "2026-03-02", "images": 2, "measured": 1, "quality": 0.75, "blocked": True}
    assert len(content["held_back"]) == 2
    assert content["agreement"] == [{"one": "ann", "other": "bob", "images": 1, "agreement": 1.0}]


def test_what_only_people_can_decide_is_to_do(home):
    [(key, _, images)] = tasks(home)
    answer(home, key, images)
    with opened(home) as loop:
        loop.labels(DAY)
    label(home, annotation("a", boxes=[box("cow")]), annotation("b") | {"quality": 0.75}, day=NEXT)
    assert last(home) == "to do: correct the labels of 1 blocked day, or lower labeling.min_day_quality"
    label(home, annotation("a", boxes=[box("cow")]), day=NEXT)
    assert last(home) == "to do: decide on 1 proposed class: labeling.refused_classes"


def test_an_inbox_that_vanished_comes_first(home):
    shutil.rmtree(home.inbox)
    assert last(home).startswith("to do: the inbox is gone: make its folder again")


def test_a_run_that_failed_is_named_until_it_went_well(home):
    send(home, "b")
    frames = home.root / "frames"
    frames.rename(home.root / "aside")
    frames.write_text("no folder")
    with opened(home) as loop, pytest.raises(FileExistsError):
        loop.feedback(DAY)
    assert f"to do: `feedback {DAY}` failed" in last(home)
    frames.unlink()
    (home.root / "aside").rename(frames)
    take_in(home, DAY)
    assert "failed" not in last(home)


def test_the_runs_read_from_the_database_are_dagsters_own(home):
    take_in(home, NEXT, DAY)
    with opened(home) as loop:
        runs = loop.instance.get_runs()
    newest = {}
    for run in runs:
        newest.setdefault(run.tags["dagster/partition"], (run.run_id, run.job_name, run.status.value))
    found = {run.partition: (run.id, run.job, run.status) for run in dagster_runs.latest(home.dagster)}
    assert found == newest
    assert set(found) == {str(DAY), str(NEXT)}


def test_of_two_runs_that_crossed_the_one_that_ended_last_counts(home):
    for name in ("a", "b"):
        send(home, name)
        take_in(home, DAY)
    with closing(sqlite3.connect(home.dagster / dagster_runs.DATABASE)) as runs, runs:
        runs.execute("UPDATE runs SET status = 'CANCELED', end_time = 1 WHERE id = (SELECT max(id) FROM runs)")
    assert [run.status for run in dagster_runs.latest(home.dagster)] == ["SUCCESS"]
    with closing(sqlite3.connect(home.dagster / dagster_runs.DATABASE)) as runs, runs:
        runs.execute("UPDATE runs SET status = 'STARTED', end_time = NULL WHERE id = (SELECT min(id) FROM runs)")
    assert [run.status for run in dagster_runs.latest(home.dagster)] == ["STARTED"]


def test_a_retraining_that_failed_is_over_once_its_version_is_decided(home):
    with opened(home) as loop, pytest.raises(InputError):
        loop.retrain("v0001", Verdict("labels", "enough"))
    assert "`retrain v0001` failed" in last(home)
    decide(home, "v0001", "hold", None)
    assert "failed" not in last(home)


def test_a_broken_database_is_an_error_with_its_file(home):
    (home.dagster / dagster_runs.DATABASE).write_bytes(b"no database at all, but some bytes of text")
    with pytest.raises(IntegrityError, match=r"runs\.db cannot be read"):
        dagster_runs.latest(home.dagster)


def test_drift_is_told_of_each_sources_last_day(home):
    row = dict.fromkeys(DRIFT) | {"source": "gate", "feature": "brightness", "alarm": True}
    home.drift_report.write(DAY, pl.DataFrame([row, row | {"source": "yard"}], schema=DRIFT))
    home.drift_report.write(NEXT, pl.DataFrame([row | {"alarm": False}], schema=DRIFT))
    drift = [line for line in status(home.root, NOW) if line.startswith("drift")]
    assert drift == [f"drift: gate, {NEXT}: no alarm", f"drift: yard, {DAY}: brightness"]


def test_production_and_decisions_are_there_as_json_too(home):
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "x", "gate")
    checkpoints.publish(home)
    content = json.loads(json.dumps(as_json(home.root, NOW)))
    assert content["production"]["version"] == "v0001"
    assert content["open_tasks"] == 1
    assert content["to_do"].startswith("finish 1 labelling task")


def test_it_imports_nothing_that_takes_long(home):
    ended = subprocess.run(
        [sys.executable, "-c", HEAVY, str(home.root)], capture_output=True, text=True, check=True, timeout=120
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def test_another_image_size_for_the_next_training_is_no_damage(home):
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "x", "gate")
    checkpoints.publish(home)
    file = home.root / "autoretrain.yaml"
    file.write_text(file.read_text().replace("imgsz: 640", "imgsz: 1280"))
    assert as_json(home.root, NOW)["production"]["served"]
    assert "damaged" not in last(home)


def test_a_production_folder_that_is_damaged_comes_with_its_way_out(home):
    decide(home, "v0001", "promote", None)
    registry.promote(home.store, "v0001", SHA256, "x", "gate")
    checkpoints.publish(home)
    (home.production / "weights.pt").write_bytes(b"rot")
    lines = list(status(home.root, NOW))
    assert lines[0].endswith("by gate; its files are not what was released")
    assert lines[-1].startswith("to do: production is damaged: `autoretrain promote v0001 --because damaged`")


def test_what_is_in_quarantine_is_named_with_its_command(home):
    assert "quarantine: nothing" in list(status(home.root, NOW))
    send(
        home, "b", predictions=[], verdicts=[{"kind": "missed", "label": "boat", "x1": 5, "y1": 5, "x2": 30, "y2": 30}]
    )
    take_in(home, DAY)
    assert "quarantine: 1 event: `autoretrain quarantine list` says why" in list(status(home.root, NOW))


def test_a_decision_is_told_whole_or_by_the_command_that_does(home, tmp_path):
    reasons = [
        f"{name} is too low, {'as it was before, ' * 12}and it is a long story" for name in ("one", "two", "three")
    ]
    for number, version in enumerate(("v0001", "v0002")):
        label(home, annotation(f"new-{version}", seconds=9000 * number), day=NEXT.replace(day=7 + number))
        commit_version(home, version, tmp_path)
        decide(home, version, "hold", None)
    content = {"outcome": "hold", "reasons": reasons, "verdicts": [], "champion": None}
    decisions.write(home.store, "v0002", content)
    artifacts.put(home.store, "v0001", {"record.json": b'{"adopted": true}'}, "adopted")

    told = [line for line in status(home.root, NOW) if line.startswith("decision")]
    assert told == [
        f"decision: v0002: hold: {reasons[0]}; 2 more by `autoretrain explain v0002`",
        "decision: v0001: in production when this home was made, by no gate",
    ]
    assert as_json(home.root, NOW)["decisions"][0]["reasons"] == reasons
