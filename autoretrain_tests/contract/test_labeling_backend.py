"""What every labelling backend must do: one suite, each backend plugs in with a `Desk`."""

from dataclasses import replace

import polars as pl
import pytest
from PIL import Image

from autoretrain_assets import files, schema
from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.labeling.base import SENT_BACK, Batch, BatchImage
from autoretrain_tests.contract.desks import CvatDesk, Desk, FolderDesk

CAR = Box("car", 1.25, 2.5, 30.1, 40.0, confidence=0.4)


@pytest.fixture(params=["folder", "cvat", "cvat in parts", "cvat job by job", "cvat in parts job by job"])
def desk(request, tmp_path) -> Desk:
    if request.param == "folder":
        return FolderDesk(tmp_path / "tasks")
    server = request.getfixturevalue("cvat_signed_in")
    parts = {"images_per_task": 2} if "parts" in request.param else {}
    return CvatDesk(server, partial="job by job" in request.param, **parts)


@pytest.fixture
def batch(tmp_path) -> Batch:
    images = []
    for shade in (40, 120, 200):
        path = tmp_path / f"{shade}.png"
        Image.new("RGB", (64, 48), (shade, shade, shade)).save(path)
        images.append(BatchImage(files.sha256_of(path), path, 64, 48, boxes=[CAR], reasons=["uncertain"]))
    return Batch(key="2025-06-01-ab12", name="Night, 1 June", classes=["car", "bus"], images=images)


def shas(batch: Batch) -> list[str]:
    return [image.sha256 for image in batch.images]


def boxes_of(answers) -> dict[str, list[tuple[str, float, float, float, float]]]:
    return {
        row["sha256"]: [(b["label"], b["x1"], b["y1"], b["x2"], b["y2"]) for b in row["boxes"]]
        for row in answers.table.iter_rows(named=True)
    }


def test_the_same_batch_is_one_task(desk, batch):
    first = desk.backend.open(batch)
    assert first.key == batch.key
    assert desk.backend.open(batch) == first


def test_opening_again_keeps_what_was_drawn(desk, batch):
    task = desk.backend.open(batch)
    desk.draw(task, dict.fromkeys(shas(batch), ()))
    desk.backend.open(batch)
    desk.finish(task)
    assert boxes_of(desk.backend.collect(task)) == {sha: [] for sha in shas(batch)}


def test_other_batches_are_other_tasks(desk, batch):
    one, two = desk.backend.open(batch), desk.backend.open(replace(batch, key="2025-06-02-cd34"))
    assert one.id != two.id
    assert one.url != two.url
    desk.finish(one)
    assert desk.backend.progress(one).finished
    assert not desk.backend.progress(two).finished


def test_progress_counts_images_and_sees_the_end(desk, batch):
    task = desk.backend.open(batch)
    before = desk.backend.progress(task)
    assert (before.images, before.finished) == (3, False)
    desk.finish(task)
    assert desk.backend.progress(task).finished


def test_many_tasks_are_asked_about_at_once_and_lost_ones_are_left_out(desk, batch):
    tasks = [desk.backend.open(replace(batch, key=f"2025-06-0{day}-ab12")) for day in (1, 2, 3)]
    desk.finish(tasks[1])
    desk.lose(tasks[2])
    found = desk.backend.progress_of(tasks)
    assert found == {task.key: desk.backend.progress(task) for task in tasks[:2]}
    at = desk.backend.finished_at(tasks[1])
    assert at is not None
    assert desk.backend.finished_at_of(tasks) == {tasks[0].key: None, tasks[1].key: at, tasks[2].key: None}
    assert (desk.backend.progress_of([]), desk.backend.finished_at_of([])) == ({}, {})


def test_what_is_not_finished_cannot_be_collected(desk, batch):
    task = desk.backend.open(batch)
    with pytest.raises(LabelingError, match="not finished"):
        desk.backend.collect(task)


def test_untouched_boxes_of_the_model_come_back(desk, batch):
    task = desk.backend.open(batch)
    desk.finish(task)
    answers = desk.backend.collect(task)
    assert answers.problems == {}
    assert boxes_of(answers) == {sha: [("car", 1.25, 2.5, 30.1, 40.0)] for sha in shas(batch)}


def test_drawn_boxes_come_back_as_a_table_of_answers(desk, batch):
    one, two, three = shas(batch)
    task = desk.backend.open(batch)
    desk.draw(task, {one: [], two: [Box("bus", 0, 0, 64, 48)], three: [Box("car", 5, 5, 9, 9), Box("bus", 7, 1, 8, 3)]})
    desk.finish(task)
    answers = desk.backend.collect(task)
    assert dict(answers.table.schema) == schema.ANSWERS
    assert boxes_of(answers) == {
        one: [],
        two: [("bus", 0, 0, 64, 48)],
        three: [("car", 5, 5, 9, 9), ("bus", 7, 1, 8, 3)],
    }
    assert answers.table["annotator"].null_count() == 0
    assert answers.table["finished_at"].null_count() == 0


def test_collecting_twice_is_the_same(desk, batch):
    task = desk.backend.open(batch)
    desk.finish(task)
    assert desk.backend.collect(task).table.equals(desk.backend.collect(task).table)


def test_wild_boxes_reach_the_review_as_they_are(desk, batch):
    """Backends store such boxes without a word, so they must hand them on for the review to see."""
    wild = [Box("car", 90, 10, 20, 5), Box("car", -50, -50, 500, 500)]
    task = desk.backend.open(batch)
    desk.draw(task, dict.fromkeys(shas(batch), wild))
    desk.finish(task)
    answers = desk.backend.collect(task)
    assert all(found == [("car", 90, 10, 20, 5), ("car", -50, -50, 500, 500)] for found in boxes_of(answers).values())
    assert answers.table.height == 3


def test_a_rejected_task_is_remake_and_can_be_finished_again(desk, batch):
    task = desk.backend.open(batch)
    desk.finish(task)
    for _ in range(2):  # a run that was killed after it re-opened does so again
        desk.backend.reopen(task, {shas(batch)[0]: "box car sticks out"})
    assert desk.backend.progress(task).state == SENT_BACK
    assert "box car sticks out" in desk.backend.progress(task).sent_back
    with pytest.raises(LabelingError, match="not finished"):
        desk.backend.collect(task)
    assert desk.backend.open(batch) == task
    desk.draw(task, dict.fromkeys(shas(batch), ()))
    desk.finish(task)
    assert boxes_of(desk.backend.collect(task)) == {sha: [] for sha in shas(batch)}


def test_a_task_says_when_it_was_finished_as_its_answers_do_and_may_be_lost(desk, batch):
    task = desk.backend.open(batch)
    assert desk.backend.finished_at(task) is None
    desk.finish(task)
    assert desk.backend.collect(task).table["finished_at"].max() == desk.backend.finished_at(task)
    desk.backend.reopen(task, {shas(batch)[0]: "look again"})
    assert desk.backend.finished_at(task) is None
    desk.lose(task)
    assert desk.backend.finished_at(task) is None


@pytest.mark.parametrize("ask", ["progress", "collect", "reopen"])
def test_a_lost_task_is_an_error_that_says_so(desk, batch, ask):
    task = desk.backend.open(batch)
    desk.finish(task)
    desk.lose(task)
    arguments = ({},) if ask == "reopen" else ()
    with pytest.raises(LabelingError, match="gone"):
        getattr(desk.backend, ask)(task, *arguments)


@pytest.fixture
def by_jobs(desk, batch):
    """A task of three images whose jobs are collected one by one, the first of them finished; it has two."""
    task = desk.backend.open(batch)
    desk.finish_first_job(task)
    if not desk.backend.progress(task).done:
        pytest.skip("the task is collected as one piece")
    return task


def test_a_finished_job_is_collected_while_others_are_open(desk, batch, by_jobs):
    progress = desk.backend.progress(by_jobs)
    assert (progress.finished, len(progress.done)) == (False, 1)
    answers = desk.backend.collect_finished(by_jobs, {})
    found = set(boxes_of(answers))
    assert (found | answers.others, found & answers.others) == (set(shas(batch)), set())
    assert 0 < len(found) < 3
    assert dict(answers.table.select("job", "finished_at").unique().iter_rows()) == progress.done
    with pytest.raises(LabelingError, match="not finished"):
        desk.backend.collect(by_jobs)


def test_a_job_that_is_known_is_left_out_until_it_is_finished_anew(desk, batch, by_jobs):
    known = dict(desk.backend.progress(by_jobs).done)
    again = desk.backend.collect_finished(by_jobs, known)
    assert (again.table.is_empty(), again.others) == (True, frozenset(shas(batch)))
    desk.finish(by_jobs)
    rest = desk.backend.collect_finished(by_jobs, desk.backend.progress(by_jobs).done | known)
    whole = desk.backend.collect(by_jobs)
    assert set(boxes_of(rest)) <= set(boxes_of(whole))
    assert desk.backend.collect_finished(by_jobs, {}).table.equals(whole.table)
    assert desk.backend.progress(by_jobs).done.keys() == set(whole.table["job"])


def test_a_job_that_comes_back_is_finished_no_more_and_the_others_are(desk, by_jobs):
    [first] = desk.backend.progress(by_jobs).done
    desk.finish(by_jobs)
    wrong = desk.backend.collect_finished(by_jobs, {}).table.filter(pl.col("job") == first)["sha256"][0]
    desk.backend.reopen(by_jobs, {wrong: "look again"})
    progress = desk.backend.progress(by_jobs)
    assert (progress.state, len(progress.done)) == (SENT_BACK, 1)
    assert first not in progress.done
