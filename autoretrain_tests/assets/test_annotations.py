"""A day's answers by their asset: what is proposed, measured, sent back, and how far two annotators agree."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import dagster as dg
import polars as pl
import pytest

from autoretrain_assets import due
from autoretrain_assets.boxes import Box
from autoretrain_assets.labeling.folder import FolderBackend
from autoretrain_assets.loop import opened
from autoretrain_tests.homes import DAY, NEXT, label, laid_out, send, take_in, tasks
from autoretrain_tests.tables import annotation, box

NOW = datetime(2025, 3, 4, tzinfo=UTC)
COW, CAR = Box("cow", 1, 1, 20, 20), Box("car", 30, 1, 50, 20)


@pytest.fixture
def home(tmp_path):
    home = laid_out(tmp_path / "home")
    send(home, "a")
    take_in(home, DAY)
    return home


def finished(home, boxes, at=NOW):
    """Answer the day's only task by these boxes in each of its images."""
    [(key, _, images)] = tasks(home)
    home.labeling.write_answers(key, dict.fromkeys(images, boxes))
    home.labeling.finish(key, "ann", at)
    return images


def collected(home):
    """What the day's run says of its annotations, and which checks did not pass."""
    with opened(home) as loop:
        loop.labels(DAY)
        of_asset = dg.AssetRecordsFilter(asset_key=dg.AssetKey("annotations"), asset_partitions=[str(DAY)])
        said = loop.instance.fetch_materializations(of_asset, limit=1).records[0].asset_materialization.metadata
        keys = [dg.AssetCheckKey(dg.AssetKey("annotations"), name) for name in CHECKS]
        results = loop.instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    failed = [key.name for key, one in results.items() if not one.event.asset_check_evaluation.passed]
    return {name: value.value for name, value in said.items()}, failed


CHECKS = ["answers_sent_back", "labels_agree_with_known_answers", "classes_are_known"]


@pytest.fixture
def measured(monkeypatch):
    """Let the backend say how far answers agree with known ones, as one that hides some can."""

    def of_quality(quality):
        collect = FolderBackend.collect

        def measuring(backend, task):
            found = collect(backend, task)
            job = {"job": "7", "seconds": 90.0, "quality": quality}
            return replace(
                found, table=found.table.with_columns(pl.lit(value).alias(name) for name, value in job.items())
            )

        monkeypatch.setattr(FolderBackend, "collect", measuring)

    return of_quality


def test_a_label_that_the_model_does_not_know_is_kept_and_told(home):
    finished(home, [COW, COW, CAR])
    said, failed = collected(home)
    assert [box["label"] for box in home.annotations.read(DAY)["boxes"][0]] == ["cow", "cow", "car"]
    assert "|cow|2|1|" in said["proposed classes"]
    assert said["images that wait for a class"] == 1
    assert "proposed class cow: 2 boxes on 1 image" in said["held back"]
    assert failed == ["classes_are_known"]


def test_a_day_of_known_classes_that_nobody_measured_is_fine(home):
    finished(home, [CAR])
    said, failed = collected(home)
    assert (said["proposed classes"], said["labels held against known answers"]) == ("nothing", "nothing")
    assert (said["blocked days"], said["held back"], failed) == ("none", "nothing", [])


def test_a_job_that_agrees_too_little_is_sent_back_and_stays_out_of_the_table(home, measured):
    measured(0.5)
    finished(home, [CAR])
    said, failed = collected(home)
    assert home.annotations.read(DAY).is_empty()
    assert "agrees with known answers by 0.5 of 1" in said["answers sent back"]
    assert failed == ["answers_sent_back"]
    [(key, _, _)] = tasks(home)
    assert "look at the whole job again" in (home.root / "tasks" / key / "REJECTED.txt").read_text()


def test_a_day_that_agrees_too_little_on_average_is_kept_and_blocked(home, measured):
    measured(0.75)
    finished(home, [CAR])
    said, failed = collected(home)
    assert home.annotations.read(DAY).select("job", "seconds", "quality").rows() == [("7", 90.0, 0.75)]
    assert said["blocked days"] == str(DAY)
    assert f"blocked day {DAY}: 1 image left out" in said["held back"]
    assert failed == ["labels_agree_with_known_answers"]


def test_a_blocked_day_goes_on_once_its_task_was_corrected_and_finished_anew(home, measured):
    measured(0.75)
    finished(home, [CAR])
    assert collected(home)[0]["blocked days"] == str(DAY)

    [(key, _, _)] = tasks(home)
    (home.root / "tasks" / key / "DONE").unlink()
    measured(0.95)
    finished(home, [CAR, Box("bus", 1, 1, 20, 20)], at=NOW + timedelta(days=1))
    said, failed = collected(home)
    assert (said["blocked days"], failed) == ("none", [])
    assert due.labels(home).rows["quality"].to_list() == [0.95]


def test_annotators_are_compared_on_an_image_that_was_in_tasks_of_two_days(home):
    [image] = finished(home, [CAR])
    assert collected(home)[0]["agreement of annotators"] == "nothing"
    theirs = [box("car", 30, 1, 50, 20), box("bus", 1, 1, 20, 20)]
    label(home, annotation(image, boxes=theirs, annotator="bob") | {"task_key": "other"}, day=NEXT)
    assert "|ann|bob|1|0.667|" in collected(home)[0]["agreement of annotators"]
