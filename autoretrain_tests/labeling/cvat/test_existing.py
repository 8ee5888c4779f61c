"""What people finished in a project before there was a home: which of it is taken over, and what is said of the rest."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from autoretrain_assets.config import parse_settings
from autoretrain_assets.errors import LabelingError
from autoretrain_assets.files import sha256_of
from autoretrain_assets.labeling.cvat.connection import Connection
from autoretrain_assets.labeling.cvat.existing import Existing, lines
from autoretrain_tests.labeling.cvat.projects import SIZE, Owner

CLASSES = ["person", "car", "bus"]
CAR = ("car", 1.0, 2.0, 30.0, 40.0)


@pytest.fixture
def owner(cvat_signed_in, tmp_path):
    (tmp_path / "photos").mkdir()
    return Owner(cvat_signed_in, tmp_path / "photos")


@pytest.fixture
def existing(cvat_signed_in):
    def found(*overrides, wanted=None):
        quick = ["labeling.cvat.retries=0", "labeling.cvat.timeout_s=30"]
        server = [f"labeling.cvat.url={cvat_signed_in.url}", "labeling.backend=cvat"]
        return Existing(parse_settings("", [*server, *quick, *overrides]), wanted or cvat_signed_in.called("street"))

    return found


def boxes(table):
    """By task and frame's place in it: label and corners."""
    return {
        (row["group"], row["captured_at"].microsecond // 1000): [tuple(box.values())[:5] for box in row["boxes"]]
        for row in table.to_dicts()
    }


def test_finished_tasks_are_images_with_boxes_their_originals_and_a_scene_each(owner, existing, tmp_path):
    one, two = owner.label(owner.add_task(), {0: [CAR]}), owner.label(owner.add_task(2))
    table = existing().images(CLASSES, tmp_path / "kept")

    nothing = [(f"cvat/{one}", 1), (f"cvat/{one}", 2), (f"cvat/{one}", 3), (f"cvat/{two}", 0), (f"cvat/{two}", 1)]
    assert boxes(table) == {(f"cvat/{one}", 0): [CAR]} | {place: [] for place in nothing}
    uploaded = {sha256_of(path) for path in (tmp_path / "photos").rglob("*.png")}
    assert {sha256_of(Path(path)) for path in table["path"]} == uploaded
    assert set(table.select("width", "height").iter_rows()) == {SIZE}
    assert table["split"].null_count() == 6


def test_a_job_counts_from_the_stage_that_the_settings_name(owner, existing, tmp_path):
    owner.label(owner.add_task(2))
    task = owner.add_task()
    first, second = owner.person.jobs(task)
    owner.person.send("PATCH", f"/api/jobs/{first['id']}", {"state": "completed"})
    owner.person.send("PATCH", f"/api/jobs/{second['id']}", {"state": "in progress"})

    accepted = existing()
    assert accepted.images(CLASSES, tmp_path / "kept").height == 2
    [line] = lines(accepted.left_out)
    assert line.startswith("left out 4 images of jobs that are not finished")
    annotated = existing("labeling.cvat.done_stage=annotation")
    assert annotated.images(CLASSES, tmp_path / "kept").height == 4
    assert len(annotated.left_out) == 2


@pytest.mark.parametrize("mode", ["gt", "gt_pool"])
def test_known_answers_are_no_data(owner, existing, tmp_path, mode):
    known = {"mode": mode, "frame_selection_method": "manual", "frames": ["1.png"], "frames_per_job_count": 1}
    order = {"sorting_method": "random"} if mode == "gt_pool" else {}
    owner.label(owner.add_task(validation_params=known, **order))
    found = existing()
    taken = {sha256_of(Path(path)) for path in found.images(CLASSES, tmp_path / "kept")["path"]}
    assert taken == {sha256_of(path) for path in (tmp_path / "photos").rglob("*.png") if path.name != "1.png"}
    assert "with known answers" in next(lines(found.left_out))


def test_deleted_frames_are_left_out_and_named(owner, existing, tmp_path):
    task = owner.add_task()
    owner.person.delete_frame(task, "2.png")
    owner.label(task)
    found = existing()
    assert found.images(CLASSES, tmp_path / "kept").height == 3
    assert list(lines(found.left_out)) == [f"left out 1 image deleted there (task {task}, frame 2 (2.png))"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"type": "polygon", "points": [1, 1, 9, 1, 9, 9]}, "a polygon of car: only rectangles are read"),
        ({"rotation": 30}, "a rectangle of car, turned by 30 degrees"),
        ({"points": [40, 10, 20, 5]}, "is inverted"),
        ({"points": [-50, 1, 20, 5]}, "sticks 50.0 px out of the image"),
        ({"points": [5, 5, 5, 20]}, "has a side shorter than 1 px"),
    ],
)
def test_an_image_with_a_shape_that_cannot_be_learnt_is_left_out_whole(owner, existing, tmp_path, changes, said):
    task = owner.label(owner.add_task(), {0: [CAR]})
    owner.shape(task, 0, **changes)
    found = existing()
    assert found.images(CLASSES, tmp_path / "kept").height == 3
    [line] = lines(found.left_out)
    assert line.startswith("left out 1 image with what cannot be read")
    assert f"task {task}, frame 0 (0.png): " in line
    assert said in line


@pytest.mark.parametrize(("turned", "left_out"), [(0, 0), (30, 2)])
def test_a_track_is_read_on_each_frame_that_it_is_seen_on_or_told_there(owner, existing, tmp_path, turned, left_out):
    task = owner.label(owner.add_task(segment=4))
    label = owner.person.send("GET", f"/api/labels?task_id={task}")["results"][0]["id"]
    shapes = [
        {"type": "rectangle", "frame": 1, "points": [1, 2, 30, 40], "rotation": turned},
        {"type": "rectangle", "frame": 3, "points": [5, 2, 30, 40], "outside": True},
    ]
    track = {"frame": 1, "label_id": label, "shapes": shapes}
    owner.person.send("PATCH", f"/api/tasks/{task}/annotations?action=create", {"tracks": [track]})
    found = existing()
    read = boxes(found.images(CLASSES, tmp_path / "kept"))
    seen = {1: [1.0], 2: [3.0]}
    wanted = {frame: seen.get(frame, []) for frame in range(4) if not (left_out and frame in seen)}
    assert {frame: [box[1] for box in drawn] for (_, frame), drawn in read.items()} == wanted
    assert len(found.left_out) == left_out


def test_labels_that_the_model_does_not_know_are_counted_with_a_way_out(owner, existing, tmp_path):
    found = existing()
    task = owner.label(owner.add_task(), {0: [CAR, ("bus", 1, 1, 9, 9)], 1: [("bus", 1, 1, 9, 9)], 2: [CAR]})
    assert found.images(["car", "tram"], tmp_path / "kept").height == 2
    [line] = lines(found.left_out)
    assert line.startswith("left out 2 images with labels that the model does not know")
    assert "--set 'labeling.refused_classes=[bus]'" in line
    assert found.lacking(["car", "tram"]) == ["tram"]

    refusing = existing("labeling.refused_classes=[bus]")
    assert boxes(refusing.images(["car"], tmp_path / "kept")) == {
        (f"cvat/{task}", 0): [CAR],
        (f"cvat/{task}", 1): [],
        (f"cvat/{task}", 2): [CAR],
        (f"cvat/{task}", 3): [],
    }


@pytest.mark.parametrize(
    ("subsets", "expected"),
    [
        (["Train", "Test", "Validation"], ["train", "test", "test"]),
        (["train", "TEST", ""], [None, None, None]),
        (["Train", "Test", "winter"], [None, None, None]),
        (["Train", "Train", "Train"], [None, None, None]),
    ],
)
def test_the_subsets_are_the_split_where_each_task_says_one_and_something_was_held_out(
    owner, existing, tmp_path, subsets, expected
):
    for subset in subsets:
        owner.label(owner.add_task(1, subset))
    table = existing().images(CLASSES, tmp_path / "kept")
    assert table.sort("captured_at")["split"].to_list() == expected


def test_frames_of_overlapping_jobs_count_once_where_both_say_the_same(owner, existing, tmp_path, cvat_signed_in):
    task = owner.add_task(3, segment=3)
    [job] = cvat_signed_in.world.jobs.values()
    with cvat_signed_in.world.lock:
        from autoretrain_tests.cvat.server.work import Job

        now = cvat_signed_in.world.now()
        cvat_signed_in.world.jobs[99] = Job(99, job.task, "annotation", 1, 2, now, now)
    owner.label(task, {1: [CAR]})
    first, second = (one["id"] for one in owner.person.jobs(task))
    shape = owner.person.send("GET", f"/api/jobs/{first}/annotations/")["shapes"][0]
    owner.person.send("PUT", f"/api/jobs/{second}/annotations/", {"shapes": [shape, shape | {"frame": 2}]})
    found = existing()
    assert boxes(found.images(CLASSES, tmp_path / "kept")) == {(f"cvat/{task}", 0): [], (f"cvat/{task}", 1): [CAR]}
    assert "labelled differently" in next(lines(found.left_out))


def test_a_file_that_is_not_what_people_saw_is_left_out(owner, existing, tmp_path, cvat_signed_in):
    owner.label(owner.add_task(3))
    [task] = cvat_signed_in.world.tasks.values()
    frames = task.media.frames
    frames[0] = replace(frames[0], content=frames[0].content[:60])
    Image.new("RGB", (48, 64)).save(tmp_path / "turned.png")
    frames[1] = replace(frames[1], content=(tmp_path / "turned.png").read_bytes())
    found = existing()
    assert found.images(CLASSES, tmp_path / "kept").height == 1
    [line] = lines(found.left_out)
    assert "cannot be read as an image" in line
    assert "it has 48 x 64 pixels, people saw 64 x 48" in line


def test_the_newest_labels_of_an_image_come_first(owner, existing, tmp_path):
    task = owner.add_task(2, segment=1)
    first, second = (job["id"] for job in owner.person.jobs(task))
    for job in (second, first):
        owner.person.send("PATCH", f"/api/jobs/{job}", {"stage": "acceptance", "state": "completed"})
    table = existing().images(CLASSES, tmp_path / "kept")
    assert [moment.microsecond // 1000 for moment in table["captured_at"]] == [0, 1]


class TestWhatIsFetched:
    def test_is_not_fetched_again_after_a_cut(self, owner, existing, tmp_path, cvat_signed_in):
        for _ in range(2):
            owner.label(owner.add_task(6))
        frames = "GET /api/tasks/[0-9]+/data/$"
        cvat_signed_in.faults.add(frames, "cut before", skip=7)
        with pytest.raises(LabelingError):
            existing().images(CLASSES, tmp_path / "kept")
        cvat_signed_in.log.clear()
        kept = len([path for path in (tmp_path / "kept").rglob("*-*") if path.is_file()])
        assert kept >= 7
        assert existing().images(CLASSES, tmp_path / "kept").height == 12
        assert cvat_signed_in.log.count(frames) == 12 - kept

    @pytest.mark.parametrize("kind", ["cut before", "cut after", "broken", "stranger"])
    def test_whichever_request_is_the_last_the_next_try_reads_all(
        self, owner, existing, tmp_path, cvat_signed_in, kind
    ):
        owner.label(owner.add_task(3), {0: [CAR]})
        cvat_signed_in.log.clear()
        whole = existing().images(CLASSES, tmp_path / "whole").drop("path")
        last = cvat_signed_in.log.count() - cvat_signed_in.log.count("/data/$")
        for number in range(last):
            cvat_signed_in.faults.add("/api/(?!.*data/$)", kind, skip=number)
            with pytest.raises(LabelingError):
                existing().images(CLASSES, tmp_path / "kept")
            assert existing().images(CLASSES, tmp_path / "kept").drop("path").equals(whole)

    def test_is_left_out_where_the_server_lost_it(self, owner, existing, tmp_path, monkeypatch):
        owner.label(owner.add_task(3))
        fetched = Connection.content

        def lost(server, path, **query):
            return fetched(server, path.replace("data/", "lost") if query["number"] == 1 else path, **query)

        monkeypatch.setattr(Connection, "content", lost)
        found = existing()
        assert found.images(CLASSES, tmp_path / "kept").height == 2
        assert "has no such thing" in next(lines(found.left_out))

    def test_is_fetched_anew_where_it_is_damaged(self, owner, existing, tmp_path):
        owner.label(owner.add_task(2))
        first = existing().images(CLASSES, tmp_path / "kept")
        Path(first["path"][0]).write_bytes(b"torn")
        assert existing().images(CLASSES, tmp_path / "kept").equals(first)
        assert len([path for path in (tmp_path / "kept").rglob("*-*") if path.is_file()]) == 2


class TestTheProject:
    def test_is_known_by_its_name_or_its_id(self, owner, existing):
        assert existing().project == existing(wanted=str(owner.project)).project

    def test_that_is_not_there_is_told_with_those_that_are(self, owner, existing, cvat_signed_in):
        name = cvat_signed_in.called("street")
        with pytest.raises(LabelingError, match=rf"has no project town: it shows you .*{name} \({owner.project}\)"):
            existing(wanted="town")

    def test_of_two_with_one_name_is_none(self, owner, existing):
        twin = owner.add_project("street")
        for wanted in (None, str(twin)):
            with pytest.raises(LabelingError, match=rf"ids {owner.project}, {twin}.*a name of its own"):
                existing(wanted=wanted)

    def test_without_a_finished_job_is_refused(self, owner, existing, tmp_path):
        owner.add_task()
        with pytest.raises(LabelingError, match="no job that is completed at the stage acceptance"):
            existing().images(CLASSES, tmp_path / "kept")

    def test_and_no_other_is_read(self, owner, existing, tmp_path):
        owner.label(owner.add_task(2))
        owner.label(owner.add_task(3, project=owner.add_project("town")))
        assert existing().images(CLASSES, tmp_path / "kept").height == 2


def test_the_table_has_the_columns_of_an_owners_data(owner, existing, tmp_path):
    owner.label(owner.add_task(1))
    table = existing().images(CLASSES, tmp_path / "kept")
    assert set(table.columns) == {
        *("path", "width", "height", "boxes", "source", "domain", "captured_at", "group", "split")
    }
    assert table.filter(pl.col("source") == "import").height == 1
