"""What comes back of a task: boxes where they can be read, and for every other image why not."""

from dataclasses import replace

import pytest

from autoretrain_assets import schema
from autoretrain_assets.labeling import failures
from autoretrain_assets.labeling.cvat import CvatBackend, connection
from autoretrain_tests.cvat.person import Person
from autoretrain_tests.labeling.cvat.batches import batch, image
from autoretrain_tests.labeling.cvat.looking import Look
from autoretrain_tests.labeling.cvat.settings import settings_of


@pytest.fixture
def server(cvat_signed_in):
    return cvat_signed_in


@pytest.fixture
def asked(tmp_path):
    return batch(tmp_path, images=[image(tmp_path, shade) for shade in (10, 20, 30)])


def backend(server, **more) -> CvatBackend:
    return CvatBackend(settings_of(server, **more))


def save(server, task, **drawn):
    """Put this into the task's only job, as an old tool or a person may."""
    person = Person(server)
    [job] = person.jobs(int(task.id))
    labels = {label["name"]: label["id"] for label in Look(server).listed(f"/api/labels?task_id={task.id}")}
    for one in (*drawn.get("shapes", ()), *drawn.get("tracks", ())):
        one["label_id"] = labels[one.pop("label", "car")]
    person.send("PUT", f"/api/jobs/{job['id']}/annotations/", {"shapes": [], "tracks": []} | drawn)
    person.accept(int(task.id))


def shape(frame, kind="rectangle", points=(1, 2, 30, 40), **more):
    return {"type": kind, "frame": frame, "points": list(points)} | more


def test_each_answer_says_its_job_who_gave_it_and_when_the_job_was_changed(server, asked):
    task = backend(server, images_per_job=2, assignees=["ann", "bob"]).open(asked)
    person = Person(server)
    person.accept(int(task.id))
    jobs = person.jobs(int(task.id))
    table = backend(server).collect(task).table
    assert dict(table.schema) == schema.ANSWERS
    assert table["job"].to_list() == [str(jobs[0]["id"])] * 2 + [str(jobs[1]["id"])]
    assert table["annotator"].to_list() == [jobs[number]["assignee"]["username"] for number in (0, 0, 1)]
    assert len(set(table["annotator"])) == 2
    assert [f"{at:%Y-%m-%dT%H:%M:%S.%f}Z" for at in table["finished_at"]] == [
        jobs[number]["updated_date"] for number in (0, 0, 1)
    ]
    assert (table["seconds"].null_count(), table["quality"].null_count()) == (3, 3)


def test_a_job_that_was_nobodys_was_answered_by_someone_unknown(server, asked):
    task = backend(server).open(asked)
    Person(server).accept(int(task.id))
    assert set(backend(server).collect(task).table["annotator"]) == {"unknown"}


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ({"shapes": [shape(1, "polygon", (1, 2, 3, 4, 5, 6))]}, "a polygon of car"),
        ({"shapes": [shape(1, rotation=12.5), shape(1)]}, "turned by 12.5 degrees"),
        ({"tracks": [{"frame": 1, "shapes": [shape(1, rotation=5), shape(2, outside=True)]}]}, "a track with"),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_its_image_and_no_other(server, asked, drawn, said):
    task = backend(server).open(asked)
    save(server, task, **drawn)
    answers = backend(server).collect(task)
    assert list(answers.problems) == [asked.images[1].sha256]
    assert said in answers.problems[asked.images[1].sha256]
    assert set(answers.table["sha256"]) == {asked.images[0].sha256, asked.images[2].sha256}


def test_a_track_is_a_box_on_each_image_that_it_is_seen_on(server, asked):
    task = backend(server).open(asked)
    moments = [shape(0), shape(2, points=(5, 6, 40, 44))]
    save(server, task, tracks=[{"frame": 0, "shapes": moments}], shapes=[shape(1, points=(0, 0, 9, 9))])
    answers = backend(server).collect(task)
    assert answers.problems == {}
    left = [[box["x1"] for box in boxes] for boxes in answers.table["boxes"].to_list()]
    assert left == [[1.0], [0.0, 3.0], [5.0]]


def test_a_frame_that_was_deleted_is_a_problem_and_its_boxes_are_none(server, asked):
    task = backend(server).open(asked)
    person = Person(server)
    person.delete_frame(int(task.id), 2)
    person.accept(int(task.id))
    answers = backend(server).collect(task)
    assert answers.problems == {asked.images[2].sha256: "deleted on the server: restore the frame"}
    assert answers.table.height == 2


def test_a_label_that_no_model_knows_comes_back_by_its_name(server, asked):
    task = backend(server).open(asked)
    person = Person(server)
    [project] = Look(server).listed("/api/projects")
    person.send("PATCH", f"/api/projects/{project['id']}", {"labels": [{"name": "bike", "type": "rectangle"}]})
    save(server, task, shapes=[shape(0, label="bike")])
    boxes = backend(server).collect(task).table["boxes"].to_list()
    assert [box["label"] for some in boxes for box in some] == ["bike"]


@pytest.mark.parametrize(
    ("done_stage", "by", "finished"),
    [
        ("acceptance", "complete", False),
        ("validation", "complete", False),
        ("annotation", "complete", True),
        ("acceptance", "accept", True),
        ("annotation", "accept", True),
        ("annotation", "reject", False),
    ],
)
def test_a_task_is_finished_when_its_jobs_are_completed_at_the_stage_that_counts(
    server, asked, done_stage, by, finished
):
    task = backend(server).open(asked)
    getattr(Person(server), by)(int(task.id))
    mine = backend(server, done_stage=done_stage)
    assert mine.progress(task).finished is finished
    assert (mine.finished_at(task) is not None) is finished
    if not finished:
        with pytest.raises(failures.LabelingError, match=f"completed at the stage {done_stage}"):
            mine.collect(task)


def test_a_year_of_tasks_is_asked_about_in_a_few_requests(server, asked):
    mine = backend(server)
    task = mine.open(asked)
    [job] = server.world.jobs.values()
    many = [task] + [type(task)(f"k{number}", str(number), "") for number in range(1000, 1364)]
    server.log.clear()
    assert list(mine.progress_of(many)) == [task.key]
    assert mine.finished_at_of(many)["k1000"] is None
    assert server.log.count() == 4
    assert job.task.id == int(task.id)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_list_that_changes_while_it_is_read_is_no_ground_to_call_a_task_finished(server, asked, monkeypatch, left):
    mine = backend(server, images_per_job=2)
    tasks = [mine.open(replace(asked, key=f"k{number}")) for number in range(2)]
    for task in tasks:
        Person(server).accept(int(task.id))
    monkeypatch.setattr(connection, "PAGE", 1)
    assert all(one.finished for one in mine.progress_of(tasks).values())
    first, *others = sorted(server.world.jobs)

    def lose(call):
        """The first job, and more of them, between the first page and the second."""
        if call.path == "/api/jobs" and call.query["page"] == "2":
            for number in (first, *others[left:]):
                server.world.jobs.pop(number, None)
        return False

    server.faults.add(lose, "broken")
    with pytest.raises(failures.ServerFault, match="changed a list while it was read"):
        mine.progress_of(tasks)


def test_a_correction_makes_another_revision_and_another_time(server, asked):
    mine, person = backend(server, images_per_job=2), Person(server)
    task = mine.open(asked)
    person.accept(int(task.id))
    before = mine.progress(task).revision, mine.finished_at(task)
    person.draw(int(task.id), {0: [("bus", 1, 2, 3, 4)]})
    person.accept(int(task.id))
    after = mine.progress(task).revision, mine.finished_at(task)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert mine.collect(task).table["finished_at"].max() == after[1]
