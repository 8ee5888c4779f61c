import csv
import hashlib
import json
import multiprocessing
import os
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import Image

from autoretrain_assets.boxes import Box
from autoretrain_assets.errors import IntegrityError, LabelingError
from autoretrain_assets.labeling.base import Batch, BatchImage, Report, Task
from autoretrain_assets.labeling.folder import FolderBackend

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
KEY = "2025-06-01-ab12"


@pytest.fixture
def batch(tmp_path) -> Batch:
    images = []
    for content in (b"one", b"two"):
        path = tmp_path / f"{content.decode()}.JPG"
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        images.append(BatchImage(sha256, path, 64, 48, [Box("car", 1, 2, 3, 4, 0.5)], ["operator: missed", "a,b"]))
    return Batch(KEY, "Night", ["car"], images)


@pytest.fixture
def backend(tmp_path) -> FolderBackend:
    return FolderBackend(tmp_path / "tasks")


@pytest.fixture
def task(backend, batch) -> Task:
    return backend.open(batch)


@pytest.fixture
def folder(backend, task) -> Path:
    return backend.root / KEY


def rewrite(folder, old, new):
    path = folder / "annotations.xml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def collected(backend, task):
    backend.finish(KEY, "ada", NOON)
    return backend.collect(task)


def test_the_folder_has_all_that_a_person_needs(backend, batch, task, folder):
    names = [f"{image.sha256}.jpg" for image in batch.images]
    assert sorted(path.name for path in (folder / "images").iterdir()) == sorted(names)
    assert (folder / "images" / names[0]).read_bytes() == b"one"
    assert 'source="auto"' in (folder / "annotations.xml").read_text()
    said = (folder / "README.txt").read_text()
    assert f"\n   autoretrain label done {KEY} --home {shlex.quote(str(backend.root.parent))}\n" in said
    with (folder / "reasons.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["image", "reasons"], *([name, "operator: missed; a,b"] for name in names)]
    assert json.loads((folder / "task.json").read_text())["classes"] == ["car"]
    assert (task.key, task.id, task.url) == (KEY, KEY, folder.as_uri())


def test_what_operators_reported_is_shown_and_no_label(backend, tmp_path):
    path = tmp_path / "shown.png"
    Image.new("RGB", (64, 48)).save(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    reports = [Report("missed", "car", 5, 30, 30, 45), Report("false_positive", None, 40, 30, 60, 45)]
    task = backend.open(Batch(KEY, "Night", ["car"], [BatchImage(sha256, path, 64, 48, reports=reports)]))

    folder = backend.root / KEY
    with (folder / "reports.csv").open(newline="") as file:
        assert list(csv.reader(file))[1:] == [
            [f"{sha256}.png", "missed car", "5", "30", "30", "45"],
            [f"{sha256}.png", "false positive", "40", "30", "60", "45"],
        ]
    with Image.open(folder / "reported" / f"{sha256}.jpg") as shown:
        assert shown.size == (64, 48)
        assert shown.getpixel((5, 37))[0] > 100
        assert shown.getpixel((60, 37))[0] > 100
    assert "Operators reported 1 of them" in (folder / "README.txt").read_text()
    assert (folder / "images" / f"{sha256}.png").read_bytes() == path.read_bytes()
    assert collected(backend, task).table["boxes"].to_list() == [[]]


def test_without_a_report_nothing_is_said_of_one(task, folder):
    assert not (folder / "reports.csv").exists()
    assert not (folder / "reported").exists()
    assert "Operators" not in (folder / "README.txt").read_text()


def test_what_a_killed_writer_left_is_removed_and_never_seen_as_a_task(backend, batch):
    left, other = backend.root / f".{KEY}.tmp", backend.root / f".{KEY}.other.tmp"
    for path in (left, other):
        (path / "images").mkdir(parents=True)
        (path / "task.json").write_text("{}")
    assert backend.tasks() == []
    task = backend.open(batch)
    assert not left.exists()
    assert other.exists()
    assert backend.tasks() == [task]


def test_a_batch_that_cannot_be_written_leaves_no_task(backend, batch):
    gone = replace(batch.images[0], path=Path("/nowhere/a.png"))
    with pytest.raises(IntegrityError, match="restore the image"):
        backend.open(replace(batch, images=[gone]))
    unwritable = replace(batch.images[0], boxes=[Box("\x00", 0, 0, 1, 1)])
    with pytest.raises(LabelingError, match="XML cannot hold"):
        backend.open(replace(batch, images=[unwritable]))
    assert backend.tasks() == []
    backend.open(batch)
    assert [path.name for path in backend.root.iterdir() if not path.name.startswith(".")] == [KEY]


def test_a_task_that_exists_needs_its_images_no_more(backend, batch, task):
    batch.images[0].path.unlink()
    assert backend.open(batch) == task


def test_a_batch_without_images_or_with_one_twice_is_refused(backend, batch):
    with pytest.raises(LabelingError, match="no image"):
        backend.open(replace(batch, images=[]))
    with pytest.raises(LabelingError, match="2 times"):
        backend.open(replace(batch, images=[batch.images[0]] * 2))


@pytest.mark.parametrize("key", ["", "..", "../x", "a/b", ".hidden", "a\n", "ä", "x" * 201])
def test_a_key_never_leaves_the_root(backend, batch, key):
    with pytest.raises(LabelingError, match="is no task"):
        backend.open(replace(batch, key=key))
    with pytest.raises(LabelingError, match="is no task"):
        backend.finish(key, "ada", NOON)


def test_writers_at_the_same_time_make_one_task(backend, batch):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=backend.open, args=(batch,)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=30)
    assert [writer.exitcode for writer in writers] == [0] * 4
    assert [task.key for task in backend.tasks()] == [KEY]


def test_an_empty_marker_by_hand_is_someone_unknown_at_its_own_time(backend, task, folder):
    (folder / "DONE").touch()
    os.utime(folder / "DONE", (NOON.timestamp(), NOON.timestamp()))
    table = backend.collect(task).table
    assert table["annotator"].unique().to_list() == ["unknown"]
    assert table["finished_at"].unique().to_list() == [NOON]


def test_a_marker_says_who_and_when_in_any_time_zone(backend, task, folder):
    backend.finish(KEY, "ada", NOON.astimezone(timezone(timedelta(hours=2))))
    backend.finish(KEY, "bob", NOON + timedelta(days=1))
    table = backend.collect(task).table
    assert table["annotator"].unique().to_list() == ["ada"]
    assert table["finished_at"].unique().to_list() == [NOON]


@pytest.mark.parametrize("content", ["done!", "{}", '{"by": " ", "at": "2025-06-01T12:00:00Z"}', '{"by": "ada"}'])
def test_a_marker_that_says_something_else_is_an_error(backend, task, folder, content):
    (folder / "DONE").write_text(content)
    with pytest.raises(LabelingError, match="neither empty nor JSON"):
        backend.collect(task)


def test_a_marker_without_a_time_zone_is_an_error(backend, task, folder):
    (folder / "DONE").write_text('{"by": "ada", "at": "2025-06-01T12:00:00"}')
    with pytest.raises(LabelingError, match="time zone"):
        backend.collect(task)


def test_finishing_refuses_what_cannot_be_read_at_once(backend, task, folder):
    with pytest.raises(LabelingError, match="name of who"):
        backend.finish(KEY, " ", NOON)
    (folder / "annotations.xml").write_text("half a fi")
    with pytest.raises(LabelingError, match=r"annotations\.xml cannot be read"):
        backend.finish(KEY, "ada", NOON)
    (folder / "annotations.xml").unlink()
    with pytest.raises(LabelingError, match=r"annotations\.xml is missing"):
        backend.finish(KEY, "ada", NOON)
    assert not backend.progress(task).finished


def test_an_unreadable_answer_is_a_problem_of_every_image(backend, batch, task, folder):
    (folder / "annotations.xml").write_text("half a fi")
    (folder / "DONE").touch()
    answers = backend.collect(task)
    assert answers.table.is_empty()
    assert answers.problems.keys() == {image.sha256 for image in batch.images}


def test_an_image_without_an_answer_is_a_problem(backend, batch, task):
    one, two = (image.sha256 for image in batch.images)
    backend.write_answers(KEY, {one: []})
    answers = collected(backend, task)
    assert answers.problems == {two: "no answer for this image"}
    assert answers.table["sha256"].to_list() == [one]


def test_an_image_that_nobody_asked_for_is_a_problem(backend, task, folder):
    rewrite(folder, "</annotations>", '<image name="cat.png"/></annotations>')
    answers = collected(backend, task)
    assert answers.problems == {"cat.png": "not an image of this task: remove its entry"}
    assert answers.table.height == 2


def test_an_image_answered_twice_is_a_problem(backend, batch, task, folder):
    one, two = (image.sha256 for image in batch.images)
    rewrite(folder, "</annotations>", f'<image name="sub/{one}.jpg"/></annotations>')
    answers = collected(backend, task)
    assert answers.problems == {one: "answered 2 times: keep one entry"}
    assert answers.table["sha256"].to_list() == [two]


def test_a_folder_before_the_name_is_the_tools_own(backend, batch, task, folder):
    rewrite(folder, f'name="{batch.images[0].sha256}', f'name="images/{batch.images[0].sha256}')
    rewrite(folder, f'name="{batch.images[1].sha256}', f'name="C:\\x\\{batch.images[1].sha256}')
    answers = collected(backend, task)
    assert answers.problems == {}
    assert answers.table.height == 2


def test_boxes_of_a_resized_or_turned_image_are_a_problem(backend, batch, task, folder):
    rewrite(folder, 'width="64" height="48"', 'width="48" height="64"')
    answers = collected(backend, task)
    assert answers.table.is_empty()
    assert "drawn on 48 x 64 pixels" in answers.problems[batch.images[0].sha256]


def test_a_shape_that_is_no_box_is_a_problem_and_no_answer(backend, batch, task, folder):
    rewrite(folder, "</image>", '<polygon label="car" points="1,1;2,2;3,1"/></image>')
    answers = collected(backend, task)
    assert answers.table.is_empty()
    assert all("polygon" in problem for problem in answers.problems.values())
    assert len(answers.problems) == 2


def test_a_rejection_names_image_and_reason_and_goes_when_finished(backend, batch, task, folder):
    backend.finish(KEY, "ada", NOON)
    backend.reopen(task, {batch.images[0].sha256: "box is inverted", "cat.png": "not an image of this task"})
    text = (folder / "REJECTED.txt").read_text()
    assert f"{batch.images[0].sha256}.jpg: box is inverted" in text
    assert "cat.png: not an image of this task" in text
    assert not (folder / "DONE").exists()
    assert backend.progress(task).sent_back == f"2 images, such as: box is inverted ({folder / 'REJECTED.txt'})"
    backend.finish(KEY, "bob", NOON)
    assert not (folder / "REJECTED.txt").exists()
    assert backend.collect(task).table["annotator"].unique().to_list() == ["bob"]


def test_killed_between_marker_and_rejection_a_task_is_finished_and_can_go_on_either_way(backend, task, folder):
    backend.finish(KEY, "ada", NOON)
    (folder / "REJECTED.txt").write_text("left by a run that was killed before it removed the marker")
    assert backend.collect(task).table.height == 2
    backend.finish(KEY, "ada", NOON)
    assert not (folder / "REJECTED.txt").exists()
    backend.reopen(task, {"x": "y"})
    assert not backend.progress(task).finished


def test_answers_are_written_only_to_open_tasks_and_own_images(backend, batch, task):
    with pytest.raises(LabelingError, match="answer only its own"):
        backend.write_answers(KEY, {"ff": []})
    backend.finish(KEY, "ada", NOON)
    with pytest.raises(LabelingError, match="is finished"):
        backend.write_answers(KEY, {batch.images[0].sha256: []})


def test_a_changed_task_file_is_an_error_that_names_it(backend, task, folder):
    (folder / "task.json").write_text("{}")
    with pytest.raises(LabelingError, match=r"task\.json"):
        backend.progress(task)


def test_tasks_are_listed_by_key_and_other_folders_left_alone(backend, batch):
    assert backend.tasks() == []
    later = backend.open(replace(batch, key="2025-06-02"))
    first = backend.open(batch)
    (backend.root / "my notes").mkdir()
    (backend.root / "my notes" / "task.json").touch()
    (backend.root / "empty").mkdir()
    assert backend.tasks() == [first, later]
